package org.offheapstm.bench.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.offheapstm.bench.index.text.ParsedDocument;
import org.offheapstm.bench.index.text.Tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes the documents that tests index. */
final class Texts {
    private Texts() {}

    /** One document for each text, named d0, d1 and so on. */
    static List<ParsedDocument> of(String... texts) {
        Tokenizer tokenizer = new Tokenizer();
        List<ParsedDocument> documents = new ArrayList<>();
        for (String text : texts) {
            documents.add(tokenizer
                    .parse("d" + documents.size(), text.getBytes(UTF_8))
                    .orElseThrow());
        }
        return documents;
    }

    /** Documents in which few words are everywhere and many are rare. */
    static List<ParsedDocument> random(long seed, int documents) {
        Random random = new Random(seed);
        String[] texts = new String[documents];
        for (int i = 0; i < documents; i++) {
            StringBuilder text = new StringBuilder("the and of the ");
            for (int words = random.nextInt(200); words > 0; words--) {
                text.append('w').append((int) Math.exp(random.nextDouble(9))).append(' ');
            }
            texts[i] = text.toString();
        }
        return of(texts);
    }
}
