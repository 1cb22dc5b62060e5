package org.offheapstm.bench.index.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class TokenizerTest {
    private static final long SEED = Long.getLong("offheapstm.seed", System.nanoTime());

    @Test
    void wordsAreRunsOfLettersDigitsAndUnderscores() {
        assertEquals(Map.of("int", 2, "a_b", 1, "x1", 1, "42", 1), count("int a_b=(x1+42)-int;"));
    }

    @Test
    void asciiLettersAreFoldedAndOthersAreNot() {
        assertEquals(Map.of("the", 3, "Äpfel", 1, "äpfel", 1), count("The THE the Äpfel äpfel"));
    }

    @Test
    void runsOutsideTheLengthLimitsAreNoWords() {
        String longest = "w".repeat(Tokenizer.MAX_WORD_BYTES);
        assertEquals(Map.of("ab", 1, longest, 1), count("a ab " + longest + " " + longest + "w"));
    }

    @Test
    void lengthLimitsCountBytesAlsoOfWideLetters() {
        String longest = "語".repeat(Tokenizer.MAX_WORD_BYTES / 3);
        assertEquals(Map.of("é", 1, longest, 1), count("é " + longest + " " + longest + "é"));
    }

    @Test
    void wordsAreCountedAllAndDistinct() {
        ParsedDocument document = parse("to be or not to be".getBytes(UTF_8)).orElseThrow();
        assertEquals(6, document.words());
        assertEquals(4, document.distinctWords());
        assertEquals(18, document.sizeBytes());
        assertEquals("name", document.name());
    }

    @Test
    void emptyTextHasNoWords() {
        assertEquals(Map.of(), count(""));
    }

    @Test
    void fewMalformedBytesSeparate() {
        byte[] text = ("ab?cd" + " ".repeat(95)).getBytes(UTF_8);
        text[2] = (byte) 0xFF;
        assertEquals(Map.of("ab", 1, "cd", 1), counts(parse(text).orElseThrow()));
    }

    @Test
    void manyMalformedBytesMakeBinary() {
        byte[] text = ("ab?cd?" + " ".repeat(94)).getBytes(UTF_8);
        text[2] = (byte) 0xFF;
        text[5] = (byte) 0xFF;
        assertTrue(parse(text).isEmpty());
    }

    @Test
    void nulInTheBeginningMakesBinaryAndLaterSeparates() {
        byte[] text = "ab ".repeat(Tokenizer.PROBE_BYTES).getBytes(UTF_8);
        text[Tokenizer.PROBE_BYTES] = 0;
        assertTrue(parse(text).isPresent());
        text[Tokenizer.PROBE_BYTES - 1] = 0;
        assertTrue(parse(text).isEmpty());
    }

    @Test
    void equalWordsHaveEqualHashesInAllDocuments() {
        ParsedDocument one = parse("alpha beta".getBytes(UTF_8)).orElseThrow();
        ParsedDocument other = parse("gamma BETA".getBytes(UTF_8)).orElseThrow();
        assertEquals(one.wordHash(1), other.wordHash(1));
    }

    /**
     * Goal: nothing of one document shows in the next, and tables grow without losing a word.
     * Method: documents of very different sizes, binary ones among them, through one tokenizer; the
     * naive count of each is the measure.
     */
    @Test
    void reusedTablesCountAsANaiveCountDoes() {
        Random random = new Random(SEED);
        Tokenizer tokenizer = new Tokenizer();
        for (int round = 0; round < 60; round++) {
            String text = randomText(random, round % 20 == 19 ? 60_000 : 300);
            byte[] bytes = text.getBytes(UTF_8);
            assertEquals(
                    naiveCount(text),
                    counts(tokenizer.parse("name", bytes).orElseThrow()),
                    again());
            assertTrue(tokenizer
                    .parse("binary", text.replace(' ', 'é').getBytes(ISO_8859_1))
                    .isEmpty());
        }
    }

    /**
     * Goal: strict UTF-8. Method: all leads, edges behind them; the JDK's own decoder is the
     * measure.
     */
    @Test
    void codePointsAreThoseOfTheJdk() {
        int[] edges = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
        for (int lead = 0; lead < 256; lead++) {
            for (int second : edges) {
                for (int third : edges) {
                    for (int fourth : edges) {
                        requireAsJdk((byte) lead, (byte) second, (byte) third, (byte) fourth);
                    }
                }
            }
        }
    }

    @Test
    void codePointsDoNotReachBeyondTheEnd() {
        byte[] euro = "€".getBytes(UTF_8);
        assertEquals(-1, Utf8.codePointAt(new byte[] {euro[0], euro[1]}, 0));
        assertEquals(0x20AC, Utf8.codePointAt(euro, 0));
    }

    private static void requireAsJdk(byte... bytes) {
        int expected = -1;
        for (int size = 1; size <= 4 && expected < 0; size++) {
            try {
                CharBuffer chars = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, size));
                expected = Character.codePointAt(chars, 0);
            } catch (CharacterCodingException e) {
                // Too short, or malformed: perhaps one byte more makes it whole.
            }
        }
        assertEquals(expected, Utf8.codePointAt(bytes, 0), () -> Arrays.toString(bytes));
    }

    private static String randomText(Random random, int words) {
        String[] alphabet = {"a", "B", "9", "_", "é", "Ω", "語", "𝒳"};
        String[] separators = {" ", "\n", ".", "—", "  ", "😀"};
        StringBuilder text = new StringBuilder("plain ascii words first ");
        for (int i = 0; i < words; i++) {
            int letters = random.nextInt(10) == 0 ? random.nextInt(60) : random.nextInt(7);
            for (int j = 0; j < letters; j++) {
                text.append(alphabet[random.nextInt(alphabet.length)]);
            }
            text.append(separators[random.nextInt(separators.length)]);
        }
        return text.append(" ".repeat(4)).toString();
    }

    private static Map<String, Integer> naiveCount(String text) {
        Map<String, Integer> counts = new HashMap<>();
        Matcher runs = Pattern.compile("[\\p{L}\\p{Nd}_]+").matcher(text);
        while (runs.find()) {
            StringBuilder word = new StringBuilder();
            runs.group()
                    .chars()
                    .forEach(c -> word.append((char) (c < 128 ? Character.toLowerCase(c) : c)));
            int bytes = word.toString().getBytes(UTF_8).length;
            if (bytes >= Tokenizer.MIN_WORD_BYTES && bytes <= Tokenizer.MAX_WORD_BYTES) {
                counts.merge(word.toString(), 1, Integer::sum);
            }
        }
        return counts;
    }

    private static Map<String, Integer> count(String text) {
        return counts(parse(text.getBytes(UTF_8)).orElseThrow());
    }

    private static Optional<ParsedDocument> parse(byte[] text) {
        return new Tokenizer().parse("name", text);
    }

    private static Map<String, Integer> counts(ParsedDocument document) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < document.distinctWords(); i++) {
            assertEquals(null, counts.put(document.word(i), document.wordCount(i)), again());
        }
        return counts;
    }

    private static String again() {
        return "seed=" + SEED + "; run again with -Doffheapstm.seed=" + SEED;
    }
}
