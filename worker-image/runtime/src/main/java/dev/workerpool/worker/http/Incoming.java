package dev.workerpool.worker.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.ByteBuffer;

/** A request while it arrives, and what its head says about how to go on with the connection. */
final class Incoming {
    /** A refused body up to this size is read and dropped; beyond, the connection costs less to make anew. */
    private static final int WORTH_SKIPPING = 64 * 1024;

    private final Request request;
    private final boolean http10;
    private final boolean keepAlive;
    private final long announced;
    private final long since = System.nanoTime();
    private final Body body;
    private long received;
    private boolean complete;
    private boolean refused;

    /** @param maxBodySize that it is refused beyond, by others */
    Incoming(HttpRequest head, BodyBudget budget, long maxBodySize) {
        request = Request.of(head.method().name(), head.uri(), head.headers());
        http10 = head.protocolVersion().equals(HttpVersion.HTTP_1_0);
        keepAlive = HttpUtil.isKeepAlive(head);
        announced = HttpUtil.isTransferEncodingChunked(head) ? -1 : HttpUtil.getContentLength(head, 0L);
        body = new Body(budget, announced, maxBodySize);
    }

    Request request() {
        return request;
    }

    boolean isHttp10() {
        return http10;
    }

    boolean isHead() {
        return request.method().equals(HttpMethod.HEAD.name());
    }

    /** The client wants to be told to go on before it sends the body. In HTTP/1.0 there is no such thing (RFC 9110, 10.1.1). */
    boolean expects() {
        return !http10 && request.headers().contains(HttpHeaderNames.EXPECT);
    }

    boolean expectsOnlyContinue() {
        return "100-continue".equalsIgnoreCase(request.headers().get(HttpHeaderNames.EXPECT));
    }

    /** The length of the body as far as it is known. */
    long size() {
        return Math.max(announced, received);
    }

    /** Takes the next part; of a refused body only its length. @return false when the budget has no room for it */
    boolean append(ByteBuf content) {
        received += content.readableBytes();
        return refused || body.append(content);
    }

    ByteBuffer body() {
        return body.whole();
    }

    void releaseBody() {
        body.release();
    }

    /** By when more of the body has to be here. */
    long deadline(HttpLimits limits) {
        return since + limits.bodyNanos(received);
    }

    void completed() {
        complete = true;
    }

    boolean isComplete() {
        return complete;
    }

    void refused() {
        refused = true;
    }

    boolean isRefused() {
        return refused;
    }

    /** Has all of the body come that was announced? Its end is told apart from it. */
    boolean isAllHere() {
        return announced == received;
    }

    /** May there be another request behind this one, now that it is answered? */
    boolean canGoOn() {
        return keepAlive && (complete || isWorthSkipping());
    }

    /** Is what is still to come so little that reading and dropping it costs less than a new connection? */
    private boolean isWorthSkipping() {
        return !expects() && announced >= 0 && announced - received <= WORTH_SKIPPING;
    }

    ResponseEncoder.Persistence persistence() {
        return http10 ? ResponseEncoder.Persistence.KEEP_ALIVE : ResponseEncoder.Persistence.DEFAULT;
    }
}
