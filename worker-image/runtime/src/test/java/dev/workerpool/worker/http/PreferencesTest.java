package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreferencesTest {
    private static Preferences of(String... headers) {
        var all = new DefaultHttpHeaders();
        for (String header : headers) {
            all.add("Prefer", header);
        }
        return Preferences.of(all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"respond-async", "Respond-Async", "respond-async ; x=y", "handling=strict, respond-async"})
    void hearsWhoDoesNotWantToWait(String header) {
        assertThat(of(header)).isEqualTo(new Preferences(true, null));
    }

    @ParameterizedTest
    @CsvSource({"wait=1,1", "wait=\"7\",7", "WAIT = 60,60", "wait=61,60", "wait=99999999999999999999,60", "wait=0,0"})
    void hearsHowLongSomebodyLikesToWait(String header, int seconds) {
        assertThat(of(header)).isEqualTo(new Preferences(false, Duration.ofSeconds(seconds)));
        assertThat(of(header).waits()).isEqualTo(seconds > 0);
    }

    @Test
    void takesSeveralHeadersForOneAndTheFirstOfAKind() {
        assertThat(of("wait=3", "respond-async, wait=4")).isEqualTo(new Preferences(true, Duration.ofSeconds(3)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "wait", "wait=", "wait=x", "wait=-1", "wait=1.5", "wait=\"", ",,;;==", "return=minimal"})
    void doesNotHearWhatItDoesNotUnderstand(String header) {
        assertThat(of(header)).isEqualTo(new Preferences(false, null));
        assertThat(of()).isEqualTo(new Preferences(false, null));
    }

    @Test
    void tellsWhatItHeard() {
        var both = new Preferences(true, Duration.ofSeconds(5));

        assertThat(both.applied(true)).containsExactly("Preference-Applied", "respond-async, wait=5");
        assertThat(both.applied(false)).containsExactly("Preference-Applied", "wait=5");
        assertThat(new Preferences(true, null).applied(true)).containsExactly("Preference-Applied", "respond-async");
        assertThat(new Preferences(false, null).applied(false)).isEmpty();
    }
}
