package dev.workerpool.worker.handover;

/** What a peer handed over is not understood. */
public final class MalformedTransferException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedTransferException(String message) {
        super(message);
    }
}
