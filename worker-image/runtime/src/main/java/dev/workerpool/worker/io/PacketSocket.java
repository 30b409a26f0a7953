package dev.workerpool.worker.io;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A socket of packets to another process, over which descriptors can be sent. Never waits. For one thread at a time. */
public final class PacketSocket {
    private final Socket socket;
    private final ByteBuffer packet = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder());

    /** @param descriptor of a socket that does not block */
    public PacketSocket(int descriptor) {
        socket = new Socket(descriptor);
    }

    public static boolean isSupported() {
        return Epoll.isAvailable();
    }

    /**
     * Sends a packet of one byte, with the descriptor.
     *
     * @return false when the other side has not taken enough of what was sent before
     * @throws IOException when there is no other side any more
     */
    public boolean sendDescriptor(int descriptor) throws IOException {
        return socket.sendFd(descriptor) > 0;
    }

    /** Closes one that came from the other process, and that nothing here has been made of. */
    public static void closeDescriptor(int descriptor) throws IOException {
        new FileDescriptor(descriptor).close();
    }

    /** Sends a packet of four bytes, in the order of this machine. Result and errors as with a descriptor. */
    public boolean send(int number) throws IOException {
        return socket.write(packet.putInt(0, number), 0, Integer.BYTES) > 0;
    }
}
