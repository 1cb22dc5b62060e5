package org.offheapstm.explore;

import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.StmType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a region should hold: every object ever made, dead or alive, with its words. */
final class Model {
    static final ObjectType OBJECT = ObjectType.of("property object", 40);
    static final ArrayType ARRAY = ArrayType.of("property array", 8);

    /** An object or array. */
    static final class Thing {
        final StmType type;
        final long ref;
        final long[] words;
        boolean alive = true;

        Thing(StmType type, long ref, long[] words) {
            this.type = type;
            this.ref = ref;
            this.words = words;
        }

        boolean isArray() {
            return type == ARRAY;
        }
    }

    final List<Thing> things = new ArrayList<>();

    Model copy() {
        Model copy = new Model();
        for (Thing each : things) {
            Thing same = new Thing(each.type, each.ref, each.words.clone());
            same.alive = each.alive;
            copy.things.add(same);
        }
        return copy;
    }

    /** Goes back to what another says; things that it does not know are forgotten. */
    void restore(Model other) {
        things.clear();
        things.addAll(other.copy().things);
    }

    /** One of the things, or null if there is none. */
    Thing pick(int index) {
        return things.isEmpty() ? null : things.get(index % things.size());
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Thing each : things) {
            text.append(each.alive ? " " : " dead ").append(Arrays.toString(each.words));
        }
        return text.toString();
    }
}
