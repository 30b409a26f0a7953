package dev.workerpool.worker.peers;

/**
 * How loaded a replica is, as it tells its peers: one line of {@code active queued threads state asked}. What a later
 * version adds behind is ignored.
 *
 * @param draining takes no more runs
 * @param asked how many waiting runs the replica that is told is to pass, for threads that are idle here
 */
record Load(int active, int queued, int threads, boolean draining, int asked) {
    private static final String READY = "ready";
    private static final String DRAINING = "draining";
    private static final int FIELDS = 5;

    int inFlight() {
        return active + queued;
    }

    String line() {
        return active + " " + queued + " " + threads + " " + (draining ? DRAINING : READY) + " " + asked;
    }

    Load asking(int runs) {
        return new Load(active, queued, threads, draining, runs);
    }

    /** @return null when the line is none of ours */
    static Load parse(String line) {
        String[] fields = line.strip().split(" ");
        if (fields.length < FIELDS) {
            return null;
        }
        try {
            int active = Integer.parseInt(fields[0]);
            int queued = Integer.parseInt(fields[1]);
            int threads = Integer.parseInt(fields[2]);
            int asked = Integer.parseInt(fields[4]);
            boolean makesSense = active >= 0 && queued >= 0 && threads >= 0 && asked >= 0;
            // A state that this version does not know is none in which to pass it anything.
            return makesSense ? new Load(active, queued, threads, !fields[3].equals(READY), asked) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
