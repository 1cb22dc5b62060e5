package org.offheapstm.bench.index;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;
import org.offheapstm.bench.index.text.ParsedDocument;
import org.offheapstm.collection.Blob;

import java.nio.charset.StandardCharsets;

/**
 * What the index holds on one document.
 *
 * <pre>
 *  record   | name, a blob of UTF-8 | words | size in bytes |
 * </pre>
 */
final class DocumentRecord {
    private static final int NAME = 0;
    private static final int WORDS = 8;
    private static final int SIZE_BYTES = 16;
    private static final ObjectType TYPE = ObjectType.of("Index.Document", 24, NAME);

    private DocumentRecord() {}

    /** Makes the record of a document whose name is these bytes. */
    static long create(Transaction tx, ParsedDocument document, byte[] name) {
        long record = tx.allocate(TYPE);
        tx.setLong(TYPE, record, NAME, Blob.create(tx, name));
        tx.setLong(TYPE, record, WORDS, document.words());
        tx.setLong(TYPE, record, SIZE_BYTES, document.sizeBytes());
        return record;
    }

    static byte[] nameOf(ParsedDocument document) {
        return document.name().getBytes(StandardCharsets.UTF_8);
    }

    static IndexView.Document read(Transaction tx, long record) {
        byte[] name = Blob.toBytes(tx, tx.getLong(TYPE, record, NAME));
        return new IndexView.Document(
                new String(name, StandardCharsets.UTF_8),
                tx.getLong(TYPE, record, WORDS),
                tx.getLong(TYPE, record, SIZE_BYTES));
    }
}
