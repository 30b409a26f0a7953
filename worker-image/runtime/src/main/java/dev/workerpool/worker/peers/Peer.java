package dev.workerpool.worker.peers;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Another replica of the pool, and where its tasks are called. */
record Peer(String replica, InetSocketAddress address) {
    static final String NAME_RULE = "must be a replica's name: 1 to 253 of a-z, A-Z, 0-9, '.', '_' and '-'";
    static final String ADDRESS_RULE = "must be an IP address and a port, such as 10.0.0.1:8000 or [fd00::1]:8000";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,253}");
    /** Literal addresses only: a worker asks no name server. */
    private static final Pattern ADDRESS = Pattern.compile("([0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}])(?::([0-9]{1,5}))");

    /** As a request names it. */
    String host() {
        String literal = address.getAddress().getHostAddress();
        return (literal.indexOf(':') < 0 ? literal : '[' + literal + ']') + ':' + address.getPort();
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** @return null when it breaks the rule */
    static InetSocketAddress address(String text) {
        Matcher matcher = ADDRESS.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        int port = Integer.parseInt(matcher.group(2));
        try {
            return port < 1 || port > 0xffff
                    ? null
                    : new InetSocketAddress(InetAddress.ofLiteral(matcher.group(1)), port);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
