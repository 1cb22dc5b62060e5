package org.offheapstm.bench.contender;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

/**
 * One thread's way to the fields of an {@link Account}: the whole difference between the contenders
 * of a comparison that asks what generated accessors cost. All of them name the same fields in the
 * same order; transaction, loop and objects are those of {@link Accounts}.
 */
abstract class AccountAccess {
    static final int ENTRIES = 2;
    static final int BRANCH = 3;

    private static final ObjectType ACCOUNT = AccountStruct.TYPE.object();
    private static final int NUMBER = 0;
    private static final int BALANCE = 8;
    private static final int TURNOVER = 16;

    /** Entries in the lower half, branch in the upper. */
    private static final int ENTRIES_AND_BRANCH = 24;

    /**
     * Makes an account with this number, balance and turnover of {@link Words#INITIAL}, {@link
     * #ENTRIES} and {@link #BRANCH}: by hand, whoever reads it then. What the compiler has seen
     * while the accounts were made is so the same for all. It was not: to set half of a word reads
     * it, a new object is read by another branch than a committed one, and so by hand that branch
     * was a trap, by handle a call in the loop, for which all that was in registers went to the
     * stack; reads by handle took 1.05 to 1.11 times as long.
     */
    static long open(Transaction tx, long number) {
        long account = tx.allocate(ACCOUNT);
        tx.setLong(ACCOUNT, account, NUMBER, number);
        tx.setLong(ACCOUNT, account, BALANCE, Words.INITIAL);
        tx.setLong(ACCOUNT, account, TURNOVER, Words.INITIAL);
        tx.setLong(ACCOUNT, account, ENTRIES_AND_BRANCH, (long) BRANCH << Integer.SIZE | ENTRIES);
        return account;
    }

    /** The sum over its fields. */
    abstract long sum(Transaction tx, long account);

    /** Reads two of its fields and writes each back, 1 larger. */
    abstract void update(Transaction tx, long account);

    /** What one would write without generated accessors: a type, and an offset for each field. */
    static final class ByHand extends AccountAccess {
        @Override
        long sum(Transaction tx, long account) {
            return tx.getLong(ACCOUNT, account, NUMBER)
                    + tx.getLong(ACCOUNT, account, BALANCE)
                    + tx.getLong(ACCOUNT, account, TURNOVER)
                    + (int) tx.getLong(ACCOUNT, account, ENTRIES_AND_BRANCH)
                    + (int) (tx.getLong(ACCOUNT, account, ENTRIES_AND_BRANCH) >>> Integer.SIZE);
        }

        @Override
        void update(Transaction tx, long account) {
            tx.setLong(ACCOUNT, account, BALANCE, tx.getLong(ACCOUNT, account, BALANCE) + 1);
            tx.setLong(ACCOUNT, account, TURNOVER, tx.getLong(ACCOUNT, account, TURNOVER) + 1);
        }
    }

    /** By the handles of the generated class. */
    static final class ByHandle extends AccountAccess {
        @Override
        long sum(Transaction tx, long account) {
            return AccountStruct.NUMBER.get(tx, account)
                    + AccountStruct.BALANCE.get(tx, account)
                    + AccountStruct.TURNOVER.get(tx, account)
                    + AccountStruct.ENTRIES.get(tx, account)
                    + AccountStruct.BRANCH.get(tx, account);
        }

        @Override
        void update(Transaction tx, long account) {
            AccountStruct.BALANCE.set(tx, account, AccountStruct.BALANCE.get(tx, account) + 1);
            AccountStruct.TURNOVER.set(tx, account, AccountStruct.TURNOVER.get(tx, account) + 1);
        }
    }

    /** By the generated flyweight, pointed at one account after another. */
    static final class ByView extends AccountAccess {
        private final AccountStruct view = new AccountStruct();

        @Override
        long sum(Transaction tx, long ref) {
            Account account = view.at(tx, ref);
            return account.number()
                    + account.balance()
                    + account.turnover()
                    + account.entries()
                    + account.branch();
        }

        @Override
        void update(Transaction tx, long ref) {
            Account account = view.at(tx, ref);
            account.balance(account.balance() + 1);
            account.turnover(account.turnover() + 1);
        }
    }
}
