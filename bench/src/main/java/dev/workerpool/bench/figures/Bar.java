package dev.workerpool.bench.figures;

/** What a figure is held against. */
public record Bar(boolean atLeast, double target, double stretch) {
    public static Bar atLeast(double target, double stretch) {
        return new Bar(true, target, stretch);
    }

    public static Bar atMost(double target, double stretch) {
        return new Bar(false, target, stretch);
    }

    public enum Verdict {
        STRETCH,
        MET,
        MISSED
    }

    public Verdict judge(double value) {
        if (reaches(value, stretch)) {
            return Verdict.STRETCH;
        }
        return reaches(value, target) ? Verdict.MET : Verdict.MISSED;
    }

    private boolean reaches(double value, double mark) {
        return atLeast ? value >= mark : value <= mark;
    }

    String sign() {
        return atLeast ? "≥" : "≤";
    }
}
