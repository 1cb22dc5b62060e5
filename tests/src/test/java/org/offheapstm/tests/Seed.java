package org.offheapstm.tests;

/**
 * What a random test begins with: the value of {@code -Doffheapstm.seed}, or else of the clock. As
 * text, for the messages of the test, it says how to run the same again.
 *
 * @param value feeds the generator
 * @param test the test class, to name it
 */
public record Seed(long value, Class<?> test) {
    /**
     * A seed for a test.
     *
     * @param test the test class
     * @return the seed
     */
    public static Seed of(Class<?> test) {
        return new Seed(Long.getLong("offheapstm.seed", System.nanoTime()), test);
    }

    @Override
    public String toString() {
        return "seed=" + value + "; to see it again: mvn verify -Dtest=" + test.getSimpleName()
                + " -Dsurefire.failIfNoSpecifiedTests=false -Doffheapstm.seed=" + value;
    }
}
