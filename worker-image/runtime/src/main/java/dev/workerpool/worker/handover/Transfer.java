package dev.workerpool.worker.handover;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.Outcome;
import dev.workerpool.worker.runs.RetainedRun;
import dev.workerpool.worker.runs.WaitingRun;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One run in bytes: the length of a JSON document in four bytes, the highest first, the document ({@link RunForm}), and the
 * input or result as it is.
 */
final class Transfer {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Transfer() {}

    static ByteBuffer write(WaitingRun run) {
        return write(RunForm.of(run), run.body().bytes());
    }

    static ByteBuffer write(RetainedRun run) {
        Content result = run.ended().outcome() instanceof Outcome.Succeeded(var content) ? content : null;
        return result == null
                ? write(RunForm.of(run, null), ByteBuffer.allocate(0))
                : write(RunForm.of(run, result.mediaType()), result.bytes());
    }

    private static ByteBuffer write(RunForm form, ByteBuffer bytes) {
        byte[] document;
        try {
            document = JSON.writeValueAsBytes(form);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Texts and numbers can always be written", e);
        }
        return ByteBuffer.allocate(Integer.BYTES + document.length + bytes.remaining())
                .putInt(document.length)
                .put(document)
                .put(bytes.duplicate())
                .flip();
    }

    static RunForm readForm(ByteBuffer transfer) throws MalformedTransferException {
        if (transfer.remaining() < Integer.BYTES) {
            throw new MalformedTransferException("shorter than four bytes");
        }
        int length = transfer.getInt();
        if (length < 0 || length > transfer.remaining()) {
            throw new MalformedTransferException("shorter than its document");
        }
        var document = new byte[length];
        transfer.get(document);
        RunForm form;
        try {
            form = JSON.readValue(document, RunForm.class);
        } catch (IOException e) {
            throw new MalformedTransferException(
                    "its document is not understood: " + e.getClass().getSimpleName());
        }
        if (form == null || form.id() == null || form.task() == null || form.createdAt() == null) {
            throw new MalformedTransferException("id, task and createdAt must be there");
        }
        if ((form.ended() == null) == (form.waiting() == null)) {
            throw new MalformedTransferException("either ended or waiting must be there");
        }
        return form;
    }
}
