package org.offheapstm.bench.index;

import org.offheapstm.AtomicBlock;
import org.offheapstm.RegionFullException;
import org.offheapstm.Statistics;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.TxAction;
import org.offheapstm.TxLongFunction;
import org.offheapstm.bench.index.text.ParsedDocument;
import org.offheapstm.bench.index.text.Workers;
import org.offheapstm.collection.BytesKey;
import org.offheapstm.collection.BytesObjectMap;
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
 * document, so two transactions that run side by side always update the same words. But no two
 * threads write the same object: each worker has a lane, and a posting goes into the head of that
 * lane. No locks, no order of words, no document cut into pieces.
 *
 * <p><b>The words come first.</b> The head of a lane, once it is made, stays where it is. So a
 * worker (1) finds the heads for a document in read-only transactions, which keep no read set; (2)
 * makes the ones that are missing, a few in each transaction; then (3) one transaction adds all
 * postings and the document. Step 2 leaves words that are in no document yet; who reads the index
 * passes over them, so that it is at every instant the index of whole documents.
 *
 * <p>A discarded idea: all three steps in one transaction. New words made a document of 60,720
 * words lose, after 100 ms each time, to small ones that had added a word to one of its buckets,
 * until it escalated and everybody had to wait for it: of 15,224 documents 1,470 ran in vain, and
 * two threads were slower than one.
 *
 * <p><b>What conflicts remain.</b> (1) Among those who make words: new words in the same bucket of
 * the map, or lanes that meet the same word at once, since both write its record. At most once per
 * word and lane, and little is lost. (2) Documents whose numbers fall into the same bucket of their
 * map. The loser is simply run again, by the engine.
 *
 * <p><b>Capacity.</b> See {@link #capacityBytes}. Memory is taken as it is first touched, so the
 * estimate is generous.
 */
final class StmIndexer implements Indexer {
    /** More threads than this share lanes, and so conflict more often. */
    static final int MAX_LANES = 64;

    private static final AtomicBlock CREATE = AtomicBlock.named("create index");
    private static final AtomicBlock FIND = AtomicBlock.named("find words");
    private static final AtomicBlock MEET = AtomicBlock.named("meet words");
    private static final AtomicBlock ADD = AtomicBlock.named("add document");

    /**
     * How many words one transaction looks for, and how many it makes. Who looks for words keeps no
     * read set, so if one of them is made meanwhile it has looked for all of them in vain.
     */
    private static final int FOUND_TOGETHER = 64;

    private static final int MET_TOGETHER = 32;

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
    private final BytesObjectMap words;
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
        words = stm.atomicGet(CREATE, tx -> BytesObjectMap.create(tx, layout.type()));
        documents = stm.atomicGet(CREATE, LongMap::create);
    }

    /**
     * Twice the sum of: for each posting its part of a chunk; for each word an entry of the map
     * with the bytes of the word, a record and, for each lane, a chunk that may be almost empty;
     * for each document an entry, a record and its name; for each thread what it needs to add the
     * largest document; and a fixed amount.
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
        private final TxLongFunction<RuntimeException> find = this::find;
        private final TxAction<RuntimeException> meet = this::meet;
        private final TxAction<RuntimeException> add = this::add;

        private ParsedDocument document;
        private int number;
        private byte[] name;

        /** The head of each word. */
        private long[] heads = new long[0];

        /** The words that the next transaction looks for. */
        private int from;

        private int to;

        /** Room for the contents of a head, on their way to the chunk behind it. */
        private final long[] chunk = new long[WordRecord.CHUNK_WORDS];

        /** The words that the next transaction makes. */
        private final int[] missing = new int[MET_TOGETHER];

        private int missingCount;

        Worker(int lane) {
            this.lane = lane;
        }

        void add(int itsNumber, ParsedDocument parsed) {
            number = itsNumber;
            document = parsed;
            name = DocumentRecord.nameOf(parsed);
            int distinct = parsed.distinctWords();
            if (heads.length < distinct) {
                heads = new long[Math.max(2 * heads.length, distinct)];
            }
            for (from = 0; from < distinct; from = to) {
                to = Math.min(from + FOUND_TOGETHER, distinct);
                if (stm.readOnlyLong(FIND, find) < to - from) {
                    meetMissing();
                }
            }
            stm.atomic(ADD, add);
        }

        private long find(Transaction tx) {
            for (int word = from; word < to; word++) {
                heads[word] = words.get(tx, keyOf(word));
            }
            // A loop of its own: short enough for the processor to have several misses under way.
            long found = 0;
            for (int word = from; word < to; word++) {
                long record = heads[word];
                long head = record == Transaction.NULL
                        ? Transaction.NULL
                        : layout.head(tx, record, lane);
                heads[word] = head;
                found += head == Transaction.NULL ? 0 : 1;
            }
            return found;
        }

        private void meetMissing() {
            for (int word = from; word < to; word++) {
                if (heads[word] == Transaction.NULL) {
                    missing[missingCount++] = word;
                }
                if (missingCount == MET_TOGETHER || word == to - 1 && missingCount > 0) {
                    stm.atomic(MEET, meet);
                    missingCount = 0;
                }
            }
        }

        private void meet(Transaction tx) {
            for (int i = 0; i < missingCount; i++) {
                long record = words.getOrCreate(tx, keyOf(missing[i]));
                heads[missing[i]] = layout.meet(tx, record, lane);
            }
        }

        private void add(Transaction tx) {
            int distinct = document.distinctWords();
            tx.prefetch(heads, 0, distinct); // They were found, not read: 83 -> 72 ns per posting.
            for (int word = 0; word < distinct; word++) {
                WordRecord.add(tx, heads[word], number, document.wordCount(word), chunk);
            }
            long record = DocumentRecord.create(tx, document, name);
            documents.put(tx, number, record, Transaction.NULL);
        }

        private BytesKey keyOf(int word) {
            return key.bytes(document.pool(), document.wordStart(word), document.wordLength(word));
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
