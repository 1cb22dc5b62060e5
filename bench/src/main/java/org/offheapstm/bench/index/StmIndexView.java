package org.offheapstm.bench.index;

import org.offheapstm.AtomicBlock;
import org.offheapstm.Stm;
import org.offheapstm.collection.BytesObjectMap;
import org.offheapstm.collection.LongMap;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads an index out of its region, in many read-only transactions: one for each {@link #BUCKETS}
 * buckets of a map, and one for each word's postings. Words that are in no document are passed
 * over. A body only collects; visitors are called between transactions, because a body may run
 * twice.
 */
final class StmIndexView implements IndexView {
    private static final AtomicBlock LIST = AtomicBlock.named("list");
    private static final AtomicBlock READ = AtomicBlock.named("read");
    private static final int BUCKETS = 64;

    private record NumberedDocument(int number, Document document) {}

    private record ListedWord(String word, long record) {}

    private final Stm stm;
    private final LongMap documents;
    private final BytesObjectMap words;
    private final WordRecord layout;

    StmIndexView(Stm stm, LongMap documents, BytesObjectMap words, WordRecord layout) {
        this.stm = stm;
        this.documents = documents;
        this.words = words;
        this.layout = layout;
    }

    @Override
    public void documents(DocumentVisitor visitor) {
        List<NumberedDocument> some = new ArrayList<>();
        long cursor = 0;
        do {
            long from = cursor;
            cursor = stm.readOnlyLong(LIST, tx -> {
                some.clear();
                return documents.forEach(
                        tx,
                        from,
                        BUCKETS,
                        (number, record) -> some.add(new NumberedDocument(
                                (int) number, DocumentRecord.read(tx, record))));
            });
            some.forEach(each -> visitor.document(each.number(), each.document()));
        } while (cursor != 0);
    }

    @Override
    public void words(WordVisitor visitor) {
        List<ListedWord> some = new ArrayList<>();
        Postings postings = new Postings();
        long cursor = 0;
        do {
            long from = cursor;
            cursor = stm.readOnlyLong(LIST, tx -> {
                some.clear();
                return words.forEach(
                        tx,
                        from,
                        BUCKETS,
                        (word, record) -> some.add(new ListedWord(word.toString(), record)));
            });
            for (ListedWord each : some) {
                long total = stm.readOnlyLong(READ, tx -> {
                    postings.clear();
                    return layout.read(tx, each.record(), postings);
                });
                if (postings.size() > 0) {
                    visitor.word(each.word(), total, postings);
                }
            }
        } while (cursor != 0);
    }
}
