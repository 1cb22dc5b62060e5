package org.offheapstm.bench.index;

import org.offheapstm.AtomicBlock;
import org.offheapstm.RegionFullException;
import org.offheapstm.Statistics;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.TxAction;
import org.offheapstm.bench.index.text.ParsedDocument;
import org.offheapstm.bench.index.text.Workers;
import org.offheapstm.collection.BytesKey;
import org.offheapstm.collection.BytesMap;
import org.offheapstm.collection.LongMap;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * The job by transactions: one for each document, which is in the index with all its words or not
 * at all, and everything in off-heap memory.
 *
 * <pre>
 *  words       bytes of a word --> {@link WordRecord} --> lanes of postings
 *  documents   number          --> {@link DocumentRecord}
 * </pre>
 *
 * <p><b>Why documents do not conflict although they share words.</b> Some words are in every
 * document, so two transactions that run side by side always update the same words. But they only
 * read what they share: the word's entry in the map, and its record. What they write is the
 * thread's own: each worker has a lane, and a posting goes into the head of that lane. No locks, no
 * order of words, no splitting of documents.
 *
 * <p><b>What conflicts remain.</b> (1) New words that fall into the same bucket of the map, or into
 * one that another document looks for a new word in: often among the first documents, hardly ever
 * once most words are known. (2) The first time that a lane meets a word, it writes the record,
 * which others with this word may have read: once per word and lane. (3) Documents whose numbers
 * fall into the same bucket. The loser's document is simply run again, by the engine.
 *
 * <p><b>Two passes.</b> A document first finds the heads of all its words, then adds to them.
 * Reading comes before writing, so reads need not ask whether the attempt has written what they
 * read; and neither pass waits for one word before it begins with the next, so that the processor
 * overlaps their cache misses.
 *
 * <p><b>Capacity.</b> See {@link #capacityBytes}. Memory is taken as it is first touched, so the
 * estimate is generous.
 */
final class StmIndexer implements Indexer {
    /** More threads than this share lanes, and so conflict more often. */
    static final int MAX_LANES = 64;

    private static final AtomicBlock CREATE = AtomicBlock.named("create index");
    private static final AtomicBlock ADD = AtomicBlock.named("add document");

    /** Transactions that make the empty maps. */
    private static final int CREATIONS = 2;

    private static final long FIXED_BYTES = 64L << 20;
    private static final long BYTES_PER_THREAD = 16L << 20;
    private static final long BYTES_PER_WRITE = 256;
    private static final long BYTES_PER_MAP_ENTRY = 256;
    private static final long RESERVE = 2;

    private final PlainCount.Shape shape;
    private final int lanes;
    private final WordRecord layout;
    private final Stm stm;
    private final BytesMap words;
    private final LongMap documents;

    /**
     * An empty index.
     *
     * @param shape what it will hold
     * @param threads how many will add to it
     */
    StmIndexer(PlainCount.Shape shape, int threads) {
        this(shape, threads, capacityBytes(shape, threads));
    }

    /** An empty index in a region of a given capacity. */
    StmIndexer(PlainCount.Shape shape, int threads, long capacityBytes) {
        this.shape = shape;
        lanes = Math.min(threads, MAX_LANES);
        layout = new WordRecord(lanes);
        stm = Stm.open(StmOptions.DEFAULT
                .withName("index")
                .withCapacityBytes(capacityBytes)
                .withMaxRunning(Math.max(StmOptions.DEFAULT.maxRunning(), threads + 1)));
        words = stm.atomicGet(CREATE, BytesMap::create);
        documents = stm.atomicGet(CREATE, LongMap::create);
    }

    /**
     * Twice the sum of: for each posting its part of a chunk; for each word an entry of the map with
     * the bytes of the word, a record and, for each lane, a chunk that may be almost empty; for each
     * document an entry, a record and its name; for each thread what it needs to add the largest
     * document; and a fixed amount.
     */
    static long capacityBytes(PlainCount.Shape shape, int threads) {
        int lanes = Math.min(threads, MAX_LANES);
        long perWord = BYTES_PER_MAP_ENTRY
                + new WordRecord(lanes).bytes()
                + (long) lanes * WordRecord.CHUNK_BYTES;
        long bytes = shape.postings() * WordRecord.BYTES_PER_POSTING
                + shape.distinctWords() * perWord
                + 4 * shape.wordChars()
                + shape.documents() * 2 * BYTES_PER_MAP_ENTRY
                + 4 * shape.nameChars()
                + threads * (BYTES_PER_THREAD + shape.maxDistinct() * BYTES_PER_WRITE)
                + FIXED_BYTES;
        return RESERVE * bytes;
    }

    @Override
    public void index(List<ParsedDocument> parsed, int threads) {
        AtomicInteger started = new AtomicInteger();
        try {
            Workers.run(threads, parsed.size(), () -> {
                Worker worker = new Worker(started.getAndIncrement() % lanes);
                return number -> worker.add(number, parsed.get(number));
            });
        } catch (RegionFullException e) {
            RegionFullException refusal = new RegionFullException("index refused: documents="
                    + shape.documents() + ", words=" + shape.distinctWords() + ", postings="
                    + shape.postings() + ", threads=" + threads + ", capacityBytes="
                    + stm.options().capacityBytes()
                    + "; the estimate of the index's size was too low, take fewer documents");
            refusal.initCause(e);
            throw refusal;
        }
    }

    /** A thread with its lane. All that a transaction needs is here, and used again by the next. */
    private final class Worker {
        private final int lane;
        private final BytesKey key = new BytesKey();
        private final TxAction<RuntimeException> body = this::run;
        private long[] heads = new long[0];

        private int number;
        private ParsedDocument document;
        private byte[] name;

        Worker(int lane) {
            this.lane = lane;
        }

        void add(int itsNumber, ParsedDocument parsed) {
            number = itsNumber;
            document = parsed;
            name = DocumentRecord.nameOf(parsed);
            if (heads.length < parsed.distinctWords()) {
                heads = new long[Math.max(2 * heads.length, parsed.distinctWords())];
            }
            stm.atomic(ADD, body);
        }

        private void run(Transaction tx) {
            int distinct = document.distinctWords();
            for (int i = 0; i < distinct; i++) {
                long record = words.get(tx, keyOf(i), Transaction.NULL);
                heads[i] = record == Transaction.NULL
                        ? Transaction.NULL
                        : layout.head(tx, record, lane);
            }
            for (int i = 0; i < distinct; i++) {
                long head = heads[i] == Transaction.NULL ? meet(tx, keyOf(i)) : heads[i];
                WordRecord.add(tx, head, number, document.wordCount(i));
            }
            documents.put(tx, number, DocumentRecord.create(tx, document, name), Transaction.NULL);
        }

        private BytesKey keyOf(int word) {
            return key.bytes(document.pool(), document.wordStart(word), document.wordLength(word));
        }

        /** The new head of a word that this lane has not met, or nobody has. */
        private long meet(Transaction tx, BytesKey word) {
            long record = words.get(tx, word, Transaction.NULL);
            if (record == Transaction.NULL) {
                record = layout.create(tx);
                words.put(tx, word, record, Transaction.NULL);
            }
            return layout.meet(tx, record, lane);
        }
    }

    @Override
    public IndexView result() {
        return new StmIndexView(stm, documents, words, layout);
    }

    @Override
    public Transactions transactions() {
        Statistics statistics = stm.statistics();
        Map<String, Long> aborts = statistics.aborts().entrySet().stream()
                .collect(Collectors.toMap(each -> each.getKey().name(), Map.Entry::getValue));
        return new Transactions(
                statistics.commits() - statistics.readOnlyCommits() - CREATIONS,
                aborts,
                statistics.timedNanosLost(),
                statistics.usedBytes());
    }

    @Override
    public void close() {
        stm.close();
    }
}
