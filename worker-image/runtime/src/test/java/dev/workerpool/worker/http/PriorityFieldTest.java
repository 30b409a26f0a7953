package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PriorityFieldTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "u=0|0",
                "u=7|7",
                " u=1 |1",
                "u=5, i|5",
                "i,u=2|2",
                "i=?0 ,\tu=2|2",
                "u=1, u=6|6",
                "u=4;a=1;b|4",
                "a=1.5, b=\"x, \\\" u=0\", c=tok/en:x, d=:aGk=:, e=(1 \"2\";x=y  t), f=-3, g=@1659578233, u=6|6",
                "*x=1, u.v-w_*=2, u=0|0",
                "u=07|7",
            })
    void readsTheUrgency(String header, int urgency) {
        assertThat(PriorityField.urgency(header)).isEqualTo(urgency);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "i",
                "u",
                "u=?1",
                "u=8",
                "u=-1",
                "u=1.0",
                "u=\"1\"",
                "u=a",
                "u=(1)",
                "u=(1);x=2",
                "u=999999999999999",
                "u=1, u=9",
                "u=1, u"
            })
    void ignoresAnUrgencyThatIsNoneOfTheEight(String header) {
        assertThat(PriorityField.urgency(header)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "u=0,",
                "u=0 i",
                ",u=0",
                "u=0,,i",
                "U=0",
                "u =0",
                "u= 0",
                "u=0, i=",
                "u=0, 1=2",
                "u=0;",
                "u=0;A",
                "u=0, a=\"",
                "u=0, a=\"\\x\"",
                "u=0, a=\"ü\"",
                "u=0, a=:b",
                "u=0, a=(1",
                "u=0, a=(1,2)",
                "u=0, a=(1\"2\")",
                "u=0, a=?2",
                "u=0, a=1.",
                "u=0, a=1.2345",
                "u=0, a=1234567890123456",
                "u=0, a=-",
                "u=0, a=$",
                "u=0, a=@1.x",
                "u=0\u0000"
            })
    void ignoresAWholeHeaderThatIsNotWellFormed(String header) {
        assertThat(PriorityField.urgency(header)).isEqualTo(3);
    }

    @Test
    void comesToAnEndWhateverItReads() {
        var random = new Random(1);
        String alphabet = "u=0123 ,;()\"\\:?@.-*ai\t\u0000ü";
        for (int i = 0; i < 200_000; i++) {
            var header = new StringBuilder("u=1,");
            for (int length = random.nextInt(12); length > 0; length--) {
                header.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThat(PriorityField.urgency(header.toString())).isBetween(0, 7);
        }
    }
}
