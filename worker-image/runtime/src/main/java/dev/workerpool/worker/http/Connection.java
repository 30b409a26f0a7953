package dev.workerpool.worker.http;

import dev.workerpool.worker.io.Tls;
import dev.workerpool.worker.kept.KeptConnection;
import dev.workerpool.worker.kept.KeptConnections.Inherited;
import dev.workerpool.worker.kept.KeptPass;
import dev.workerpool.worker.peers.PeerHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import javax.net.ssl.SSLException;

/**
 * One client connection, on its event loop only. Requests are answered in order because there is one at a time: what is
 * pipelined behind it waits here, and once that is more than a little, in the client.
 *
 * <pre>
 * IDLE → HEAD → BODY → RUNNING → WRITING → IDLE or HEAD …      CLOSING: answered for the last time, the client is to go
 * </pre>
 */
final class Connection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = System.getLogger(Connection.class.getName());

    enum State {
        IDLE,
        HEAD,
        BODY,
        RUNNING,
        WRITING,
        CLOSING
    }

    private final ConnectionGroup group;
    private final HttpServer server;
    private final HttpLimits limits;
    private final AnswerWriter writer;
    private final RequestDecoder decoder = new RequestDecoder(this);
    private final Keeping keeping;
    private final Backlog backlog;

    /** Links of the group's list. */
    Connection previous;

    Connection next;

    private ChannelHandlerContext ctx;
    private State state = State.IDLE;
    private long deadline;

    private final WaitingHead waiting;

    /** What came is being looked at. */
    private boolean reading;

    /** What waits behind an answer is too much, so no more of it is read. */
    private boolean paused;

    /** The request that arrives or is answered; null between requests and when its head cannot be read. */
    private Incoming incoming;

    private Call call;
    private boolean last;

    /** The request that is read again is with a peer, which answers there; null for all others. */
    private KeptPass passed;

    /** It is to speak TLS, and does not. */
    private boolean plain;

    /** Made while the server drains. */
    private final boolean isNewcomer;

    /** @param keeping what it was kept by so far */
    Connection(HttpServer server, ConnectionGroup group, Keeping keeping) {
        this.isNewcomer = server.isDraining();
        this.server = server;
        this.group = group;
        this.keeping = keeping;
        this.limits = server.limits();
        this.backlog = new Backlog(server.reads());
        this.waiting = new WaitingHead(server.reads());
        this.writer = new AnswerWriter(group.encoder(), keeping, server.budget(), group.unsent(), this::written);
    }

    State state() {
        return state;
    }

    EventExecutor loop() {
        return ctx.executor();
    }

    Wakeups wakeups() {
        return group.wakeups();
    }

    BodyBudget budget() {
        return server.budget();
    }

    RequestDecoder decoder() {
        return decoder;
    }

    /** Null when it ends with this process. */
    KeptConnection kept() {
        return keeping.connection();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        writer.attach(context);
        keeping.attach(context.channel());
        awaitRequest();
        group.add(this);
    }

    /** Goes on where the worker before this one died. @param exitCode of that one */
    void inherit(Inherited inherited, int exitCode) {
        ctx.channel().config().setAutoRead(true);
        switch (inherited.left()) {
            case UNTOUCHED -> keeping.replay();
            case PASSED -> {
                passed = inherited.pass();
                keeping.replay();
            }
            case TORN -> write(server.routes().identified(Problem.notBegun(exitCode)));
            case BEGUN -> write(server.routes().identified(Problem.stopped(exitCode)));
            case ANSWERED -> idle();
            case ANSWERING -> ctx.close();
        }
    }

    /** Called before they are decoded: half a head never comes through the decoder. */
    void bytesArrived(ByteBuf bytes) {
        keeping.received(bytes, isBusy());
        reading = true;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (isBusy()) {
            backlog.add(message, ctx.channel());
        } else {
            process(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        weigh();
        context.fireChannelReadComplete();
    }

    /** Looks at what there is of a request that is not whole, once all that came was looked at. */
    private void weigh() {
        long half = decoder.unfinished();
        if (state == State.IDLE && half > 0) {
            state = State.HEAD;
            deadline = System.nanoTime() + limits.head().toNanos();
        }
        waiting.is(
                switch (state) {
                    case HEAD, RUNNING, WRITING -> WaitingHead.cost(half);
                    case BODY -> WaitingHead.cost(incoming.request().headers());
                    case IDLE, CLOSING -> 0;
                });
        if (waiting.isTooMuch()) {
            refuseForWantOfRoom();
        }
    }

    private void refuseForWantOfRoom() {
        if (state == State.HEAD) {
            end(server.routes().bufferFull(null));
        } else if (isBusy()) {
            paused = true;
            ctx.channel().config().setAutoRead(false);
        } else if (!incoming.isRefused() && passed == null) {
            refuse(server.routes().bufferFull(incoming.request()));
        }
    }

    private boolean isBusy() {
        return state == State.RUNNING || state == State.WRITING;
    }

    private void pump() {
        if (!backlog.isEmpty()) {
            backlog.pump(ctx.channel(), this::isBusy, this::process);
        }
    }

    private void process(Object message) {
        try {
            if (message instanceof HttpRequest head && state != State.CLOSING) {
                begin(head);
            }
            if (message instanceof HttpContent content && state != State.CLOSING) {
                receive(content);
            }
        } catch (RuntimeException e) {
            failed(e);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(HttpRequest request) {
        Response malformed = MalformedRequests.ofHead(request, plain);
        if (malformed != null) {
            reject(malformed);
            return;
        }
        if (isNewcomer && !request.headers().contains(PeerHeaders.TOKEN)) {
            server.cameNew();
        }
        incoming = new Incoming(request, server.budget(), server.maxBodySize());
        state = State.BODY;
        deadline = incoming.deadline(limits);
        if (passed != null) {
            return; // It was admitted.
        }
        refuse(server.admission().ofHead(incoming));
        if (!incoming.isRefused() && incoming.expects()) {
            writer.askForBody();
        }
    }

    private void receive(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            reject(MalformedRequests.problem(content.decoderResult().cause()));
            return;
        }
        boolean hasRoom = incoming.append(content.content());
        if (passed != null) {
            refuse(hasRoom ? null : giveUpPass());
        } else if (!incoming.isRefused()) {
            deadline = incoming.deadline(limits);
            refuse(server.admission().ofPart(incoming, hasRoom));
        }
        if (content instanceof LastHttpContent && state != State.CLOSING) {
            incoming.completed();
            if (decoder.isAhead()) {
                keeping.forget();
            }
            if (!incoming.isRefused()) {
                dispatch();
            } else if (state == State.BODY) {
                idle(); // Refused, answered, and now skipped.
            }
        }
    }

    /** Without all of its body the request could not be carried out here, should the peer not have begun with it. */
    private Response giveUpPass() {
        String replica = passed.replica();
        abandonPass();
        return server.routes().identified(Problem.lostWith(replica, "there is no room to wait for its answer"));
    }

    private void abandonPass() {
        if (passed != null) {
            passed.abandon();
            passed = null;
        }
    }

    private void dispatch() {
        state = State.RUNNING;
        call = new Call(this);
        if (passed == null) {
            server.routes().handle(incoming.request(), incoming.body(), call);
        } else {
            KeptPass by = passed;
            passed = null;
            server.routes().resume(incoming.request(), incoming.body(), by, call);
        }
    }

    /** Answers before the body is there, unless there is no refusal. What still comes of the body is dropped. */
    private void refuse(Response refusal) {
        if (refusal != null) {
            incoming.refused();
            write(refusal);
        }
    }

    /** From within the backlog no exception would get to {@link #exceptionCaught}, and the client would wait for ever. */
    private void failed(RuntimeException e) {
        LOG.log(Level.ERROR, "A request fails because of an unexpected error", e);
        boolean isAnswered = incoming == null || state == State.WRITING || state == State.CLOSING;
        abandonPass();
        abandonCall();
        if (isAnswered) {
            ctx.close();
        } else {
            refuse(server.routes()
                    .identified(Problem.INTERNAL_ERROR.because("The request could not be handled; the log says more")));
        }
    }

    /** Answers what cannot be understood or does not go on; nothing behind it can be understood either. */
    private void reject(Response response) {
        end(server.routes().identified(response));
    }

    private void end(Response response) {
        if (incoming != null && incoming.isRefused()) {
            ctx.close(); // It was answered before.
            return;
        }
        releaseBody();
        incoming = null;
        write(response);
    }

    void answer(Call from, Response response) {
        if (from == call && state == State.RUNNING) {
            call = null;
            write(response);
        }
    }

    /** The call stays: its client may go before the body has ended, and so may what makes it. */
    void stream(Call from, Response head, StreamedBody body) {
        if (from != call || state != State.RUNNING) {
            return;
        }
        keeping.streams();
        boolean headOnly = incoming.isHead();
        boolean openEnded = body.length() < 0 && !headOnly;
        boolean untilClose = openEnded && incoming.isHttp10();
        var persistence = beginWriting(untilClose);
        if (headOnly) {
            abandonCall(); // Who makes a body that nobody gets had better know.
        }
        Response told = body.length() < 0 ? head : head.with("Content-Length", Long.toString(body.length()));
        writer.stream(told, persistence, openEnded && !untilClose, headOnly ? () -> StreamedBody.END : body);
    }

    void advance(Call from) {
        if (from == call && state == State.WRITING) {
            writer.handOver();
        }
    }

    private void write(Response response) {
        releaseBody();
        var persistence = beginWriting(false);
        writer.write(response, persistence, incoming == null || !incoming.isHead(), !last && isNextARequest());
    }

    /** A request that is refused by its head is so before its end has been seen. */
    private boolean isNextARequest() {
        return incoming.isComplete() || incoming.isAllHere() && !decoder.isAhead();
    }

    private ResponseEncoder.Persistence beginWriting(boolean last) {
        this.last = last || incoming == null || server.isDraining() || !incoming.canGoOn();
        state = State.WRITING;
        deadline = System.nanoTime() + limits.patience().toNanos();
        return this.last ? ResponseEncoder.Persistence.CLOSE : incoming.persistence();
    }

    private void written() {
        call = null;
        releaseBody();
        if (!ctx.channel().isActive()) {
            return;
        }
        if (last || server.isClosing()) {
            linger();
        } else if (incoming.isComplete()) {
            idle();
        } else {
            state = State.BODY;
            deadline = System.nanoTime() + limits.patience().toNanos();
            pump();
        }
    }

    /** Closing with bytes unread would reset the connection, and the client might never see the answer. */
    private void linger() {
        state = State.CLOSING;
        deadline = System.nanoTime() + limits.patience().toNanos() / 2;
        backlog.release();
        ctx.channel().config().setAutoRead(true);
        Tls.shutdownOutput((DuplexChannel) ctx.channel());
    }

    private void idle() {
        keeping.idle();
        awaitRequest();
        group.touched(this);
        if (paused) {
            paused = false;
            ctx.channel().config().setAutoRead(true);
        }
        pump();
        if (!reading) {
            weigh();
        }
    }

    private void awaitRequest() {
        state = State.IDLE;
        incoming = null;
        deadline = System.nanoTime() + limits.idle().toNanos();
    }

    private void releaseBody() {
        if (incoming != null) {
            incoming.releaseBody();
        }
    }

    /** Looks whether the client keeps us waiting for too long. Called about twice a second. */
    void check(long now) {
        if (state == State.WRITING && writer.hasProgressed()) {
            deadline = now + limits.patience().toNanos();
            writer.keepAlive(now);
        }
        if (state == State.RUNNING || deadline - now > 0) {
            return;
        }
        if (state == State.HEAD || state == State.BODY) {
            reject(Problem.REQUEST_TIMEOUT.because("The request took too long to arrive"));
        } else if (state == State.IDLE) {
            Tls.close(ctx.channel());
        } else {
            Tls.abort(ctx.channel());
        }
    }

    /** Not even told why, for that may be what fails. */
    void giveUp(Throwable why) {
        exceptionCaught(ctx, why);
    }

    /** Makes room for another, or for the end of the server. */
    void close() {
        boolean isIdle = state == State.IDLE;
        state = State.CLOSING; // Whoever needs more room takes it from another one.
        if (isIdle) {
            Tls.close(ctx.channel());
        } else {
            Tls.abort(ctx.channel());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        plain |= event == Tls.PLAIN;
        if (event instanceof SslCloseCompletionEvent) {
            ctx.close(); // Its client has said goodbye, as one does that closes a plain connection.
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        writer.handOver();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        group.remove(this);
        keeping.forget();
        abandonPass();
        state = State.CLOSING;
        waiting.is(0);
        releaseBody();
        backlog.release();
        writer.abandon();
        abandonCall();
    }

    private void abandonCall() {
        if (call != null) {
            Call abandoned = call;
            call = null;
            abandoned.abandon();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // What goes wrong with TLS comes wrapped, and is counted where it is spoken.
        if (!(cause instanceof IOException) && !(cause.getCause() instanceof SSLException)) {
            LOG.log(Level.WARNING, "A connection is closed because of an unexpected error", cause);
        }
        context.close();
    }
}
