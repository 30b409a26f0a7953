/** The two tasks every article on worker threads begins with. */
final class Classics {

    private final Pool pool;
    private final Ledger ledger;

    Classics(Pool pool, Ledger ledger) {
        this.pool = pool;
        this.ledger = ledger;
    }

    void run() throws LostException, InterruptedException {
        System.out.println("\nthe classics");
        call("fibonacci", "{\"n\":35}", "{\"value\":9227465}");
        call("primes", "{\"n\":1000000}", "{\"count\":78498}");
    }

    private void call(String task, String input, String expected) throws LostException, InterruptedException {
        Answer answer = pool.json(task, input);
        ledger.add(task, answer);
        if (!answer.text().replaceAll("\\s", "").equals(expected)) {
            throw new LostException(task + " " + input + " answered " + answer.text() + ", expected " + expected);
        }
        System.out.printf(
                "  %-9s %-13s → %-18s %6.1f ms on %s, thread %s%n",
                task, input, answer.text(), answer.runMillis(), answer.replica(), answer.thread());
    }
}
