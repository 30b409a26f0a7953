package dev.workerpool.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TaskMapperTest {
    private sealed interface Event permits Happened {}

    private record Happened(String type) implements Event {}

    private abstract static class Tasks<I, O> implements Task<I, O> {
        @Override
        public O run(I input, TaskContext context) {
            return null;
        }
    }

    private static final class Ambiguous extends Tasks<Event, Void> {}

    private static final class Counted extends Tasks<byte[], Stream<Integer>> {}

    @Test
    void saysHowInputAndOutputTravel() throws Exception {
        TaskMapping mapping = new TaskMapper().map(Counted.class);

        assertThat(mapping.input()).isEqualTo("bytes");
        assertThat(mapping.output()).isEqualTo("stream");
    }

    @Test
    void refusesASealedTypeWhoseNameOfTheClassIsTaken() {
        assertThatThrownBy(() -> new TaskMapper().map(Ambiguous.class))
                .isInstanceOf(UnmappableTaskException.class)
                .hasMessageContaining("Happened")
                .hasMessageContaining("'type'");
    }
}
