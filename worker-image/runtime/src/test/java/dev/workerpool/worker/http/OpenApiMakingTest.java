package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.task.Isolation;
import dev.workerpool.worker.task.TaskCatalog;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OpenApiMakingTest {
    private boolean threads;

    private void start(Runnable make) {
        if (!threads) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        make.run();
    }

    @Test
    void whatCouldNotBeMadeForWantOfAThreadIsMadeTheNextTime() throws Exception {
        var openApi = new OpenApi(TaskCatalog.load(List.of(), Isolation.SHARED), false, this::start);
        CompletableFuture<Response> refused = openApi.document();
        threads = true;

        assertThat(refused).isCompletedExceptionally();
        assertThat(openApi.document()).isCompletedWithValueMatching(document -> document.status() == 200);
    }
}
