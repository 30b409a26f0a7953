package dev.workerpool.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutcomeTest {
    private static final class Broken {
        static final int SIZE = Integer.parseInt("many");
    }

    @Test
    void namesWhyAStaticInitialiserFailed() {
        Outcome.Failed failed = null;
        try {
            assertThat(Broken.SIZE).isZero();
        } catch (ExceptionInInitializerError e) {
            failed = Outcome.Failed.of(e);
        }

        assertThat(failed)
                .isEqualTo(new Outcome.Failed(
                        "java.lang.ExceptionInInitializerError",
                        "A static initialiser failed: java.lang.NumberFormatException: For input string: \"many\""));
    }

    @Test
    void leavesOtherMessagesAsTheyAre() {
        assertThat(Outcome.Failed.of(new IllegalStateException(new RuntimeException("inner")))
                        .message())
                .isEqualTo("java.lang.RuntimeException: inner");
        assertThat(Outcome.Failed.of(new NullPointerException()).message()).isNull();
    }
}
