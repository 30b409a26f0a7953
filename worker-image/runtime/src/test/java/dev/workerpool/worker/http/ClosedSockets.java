package dev.workerpool.worker.http;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;

/** Which of many clients the server has closed. */
public final class ClosedSockets {
    private ClosedSockets() {}

    /** Of sockets to which nothing is sent any more. */
    public static long among(List<Socket> clients) {
        return clients.stream().filter(ClosedSockets::isClosed).count();
    }

    private static boolean isClosed(Socket socket) {
        try {
            socket.setSoTimeout(1);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}
