package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RelayedAnswerTest {
    private static final int SIZE = 100_000;

    private final BodyBudget budget = new BodyBudget(1 << 20);
    private final List<Response> responses = new ArrayList<>();

    @AfterEach
    void owesNothing() {
        assertThat(budget.used()).as("memory still charged").isZero();
    }

    /** Of a client that takes nothing by itself. */
    private Exchange exchange() {
        return (Exchange) Proxy.newProxyInstance(
                Exchange.class.getClassLoader(), new Class<?>[] {Exchange.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("respond")) {
                        responses.add((Response) arguments[0]);
                    }
                    return method.getName().equals("budget") ? budget : null;
                });
    }

    private RelayedAnswer streamed() {
        return answer(new DefaultHttpHeaders());
    }

    private RelayedAnswer whole() {
        return answer(new DefaultHttpHeaders().set("Content-Length", SIZE));
    }

    private RelayedAnswer answer(HttpHeaders head) {
        return RelayedAnswer.of(200, head, "here", exchange(), on -> {});
    }

    private static void add(RelayedAnswer answer) {
        answer.add(Unpooled.wrappedBuffer(new byte[SIZE]));
    }

    @Test
    void isChargedForWhatItsClientHasNotTaken() {
        var answer = streamed();
        add(answer);
        add(answer);
        assertThat(budget.used()).isEqualTo(2 * SIZE);

        answer.next();
        assertThat(budget.used()).isEqualTo(SIZE);
        answer.next();
    }

    @Test
    void owesNothingOnceItsClientHasGone() {
        var answer = streamed();
        add(answer);
        answer.abandon();

        assertThat(answer.next()).isNull();
    }

    @Test
    void isChargedForWhatItGathersUntilThatIsTheResponse() {
        var answer = whole();
        assertThat(budget.used()).isEqualTo(SIZE);
        add(answer);
        answer.end();

        assertThat(budget.used()).isZero();
        assertThat(responses.getFirst().body().remaining()).isEqualTo(SIZE);
    }

    @Test
    void owesNothingForWhatIsNeverWhole() {
        assertThat(whole().breakOff()).isFalse();
    }
}
