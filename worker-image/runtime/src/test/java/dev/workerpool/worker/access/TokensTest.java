package dev.workerpool.worker.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokensTest {
    private static final String TOKEN = "0123456789abcdef";

    private static Tokens tokens(String content) throws InvalidAccessException {
        return Tokens.parse("tokens", Map.of("tokens", content.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void areOneALineWithCommentsAndBlankLinesBetween() throws Exception {
        Tokens tokens = tokens("# billing\r\n" + TOKEN + "\r\n\n  a-second.TOKEN_of~some+kind/==  ");

        assertThat(tokens.size()).isEqualTo(2);
        assertThat(tokens.verdict("Bearer " + TOKEN)).isEqualTo(Verdict.KNOWN);
        assertThat(tokens.verdict("bearer  a-second.TOKEN_of~some+kind/==")).isEqualTo(Verdict.KNOWN);
    }

    @ParameterizedTest
    @CsvSource({
        ", MISSING",
        "'', MISSING",
        "Basic 0123456789abcdef, MISSING",
        "0123456789abcdef, MISSING",
        "Bearer, MISSING",
        "'Bearer ', UNKNOWN",
        "Bearer 0123456789abcdeF, UNKNOWN",
        "Bearer 0123456789abcde, UNKNOWN",
        "Bearer 0123456789abcdef0, UNKNOWN",
        "Bearer 0123456789abcdef 0123456789abcdef, UNKNOWN",
    })
    void admitNobodyElse(String header, Verdict verdict) throws Exception {
        assertThat(tokens(TOKEN).verdict(header)).isEqualTo(verdict);
    }

    @Test
    void admitNobodyWhoseTokenIsTooLongToBeOne() throws Exception {
        assertThat(tokens(TOKEN).verdict("Bearer " + "x".repeat(100_000))).isEqualTo(Verdict.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fifteen-letters",
                "with a blank in it",
                "=================",
                "müller-und-söhne-kg",
                "a=b=c=d=e=f=g=h=i"
            })
    void mustBeThoseOfTheirRfc(String line) {
        assertThatThrownBy(() -> tokens(TOKEN + "\n" + line))
                .isInstanceOf(InvalidAccessException.class)
                .hasMessageContaining("tokens, line 2: a token must be 16 to 4096 letters")
                .hasMessageNotContaining(line);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# none yet\n"})
    void mustBeAtLeastOne(String content) {
        assertThatThrownBy(() -> tokens(content)).hasMessageContaining("must hold 1 to 1000 tokens");
    }

    @Test
    void mustNotBeTooMany() {
        String many = IntStream.rangeClosed(0, Tokens.MOST)
                .mapToObj(i -> "token-number-%06d".formatted(i))
                .collect(Collectors.joining("\n"));

        assertThatThrownBy(() -> tokens(many))
                .hasMessageContaining("must hold 1 to 1000 tokens, a line each, but holds 1001");
    }

    @Test
    void mustBeThere() {
        assertThatThrownBy(() -> Tokens.parse("tokens", Map.of())).hasMessage("tokens is missing");
    }
}
