/** Software transactional memory whose objects live outside the Java heap. */
module org.offheapstm {
    requires static java.compiler;

    exports org.offheapstm;
    exports org.offheapstm.collection;
    exports org.offheapstm.struct;

    uses org.offheapstm.StmProvider;

    provides org.offheapstm.StmProvider with
            org.offheapstm.internal.engine.EngineProvider;
}
