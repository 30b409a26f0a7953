package dev.workerpool.worker.http;

/** Which requests a port goes on with, decided from their head and from how much of their body has come. */
final class Admission {
    private final HttpServer server;

    Admission(HttpServer server) {
        this.server = server;
    }

    /** @return the refusal, or null to go on */
    Response ofHead(Incoming incoming) {
        Response refusal = server.routes().refuse(incoming.request());
        if (refusal != null) {
            return refusal;
        }
        if (incoming.size() > server.maxBodySize()) {
            return bodyTooLarge();
        }
        return incoming.expects() && !incoming.expectsOnlyContinue()
                ? server.routes().identified(Problem.EXPECTATION_FAILED.because("Only 100-continue can be expected"))
                : null;
    }

    /** @param hasRoom whether the memory for bodies took the last part. @return the refusal, or null to go on */
    Response ofPart(Incoming incoming, boolean hasRoom) {
        if (incoming.size() > server.maxBodySize()) {
            return bodyTooLarge();
        }
        return hasRoom ? null : server.routes().bufferFull(incoming.request());
    }

    private Response bodyTooLarge() {
        return server.routes()
                .identified(Problem.BODY_TOO_LARGE.because(
                        "The body must have at most " + server.maxBodySize() + " bytes"));
    }
}
