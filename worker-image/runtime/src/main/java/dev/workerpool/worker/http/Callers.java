package dev.workerpool.worker.http;

import dev.workerpool.worker.access.Access;
import io.netty.handler.codec.http.HttpHeaderNames;

/** Who may call tasks: anybody, or those with a bearer token (RFC 6750). */
final class Callers {
    private static final String CHALLENGE = "Bearer realm=\"workerpool\"";

    private final Access access;

    Callers(Access access) {
        this.access = access;
    }

    /** @return null for whoever may call */
    Response refuse(Request request) {
        if (!access.needsToken()) {
            return null;
        }
        return switch (access.verdict(request.headers().get(HttpHeaderNames.AUTHORIZATION))) {
            case KNOWN -> null;
            case MISSING ->
                Problem.UNAUTHENTICATED
                        .because("Calls of this pool need a token, in a header Authorization: Bearer <token>")
                        .with("WWW-Authenticate", CHALLENGE);
            case UNKNOWN ->
                Problem.UNAUTHENTICATED
                        .because("The bearer token is none of this pool")
                        .with("WWW-Authenticate", CHALLENGE + ", error=\"invalid_token\"");
        };
    }
}
