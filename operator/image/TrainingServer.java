import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.util.function.Consumer;

/** Puts a made-up API behind a port, for requests and for watches by WebSocket. */
final class TrainingServer {

    record Request(String method, String path, String body) {}

    record Response(int status, String body) {}

    /** What is asked of the server, and what it is to answer. */
    interface Api {
        Response answer(Request request);

        /** @param listener takes the texts that are to be sent */
        void watched(String path, Consumer<String> listener);
    }

    private TrainingServer() {}

    /** Returns once it listens. */
    static void start(Vertx vertx, HttpServerOptions options, Api api) {
        vertx.createHttpServer(options)
                .webSocketHandler(socket -> api.watched(socket.path(), socket::writeTextMessage))
                .requestHandler(request -> request.body().onSuccess(body -> {
                    Response response = api.answer(
                            new Request(request.method().name(), request.path(), body.toString()));
                    request.response()
                            .setStatusCode(response.status())
                            .putHeader("Content-Type", "application/json")
                            .end(response.body());
                }))
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }
}
