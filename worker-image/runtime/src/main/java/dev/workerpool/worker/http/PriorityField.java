package dev.workerpool.worker.http;

import dev.workerpool.worker.pool.RunOptions;

/**
 * Reads the urgency out of a Priority header (RFC 9218), which is a dictionary of structured fields (RFC 9651). As these RFCs
 * ask: a header that is not well-formed counts as a whole for nothing, and so does an urgency that is no integer from 0 to 7.
 */
final class PriorityField {
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~:/";

    private final String text;
    private int at;

    /** The integer that {@link #value} has read; null when it was something else. */
    private Integer integer;

    private PriorityField(String text) {
        this.text = text;
    }

    static int urgency(String header) {
        Integer urgency = new PriorityField(header).dictionary();
        return urgency == null || urgency < RunOptions.MOST_URGENT || urgency > RunOptions.LEAST_URGENT
                ? RunOptions.DEFAULT.urgency()
                : urgency;
    }

    /** @return the last member u, if the dictionary is well-formed and it is an integer */
    private Integer dictionary() {
        Integer urgency = null;
        skip(" ");
        while (at < text.length()) {
            int start = at;
            if (!key()) {
                return null;
            }
            boolean isUrgency = text.substring(start, at).equals("u");
            integer = null;
            boolean wellFormed = !take('=') || (peek() == '(' ? list() : value());
            urgency = isUrgency ? integer : urgency;
            if (!wellFormed || !parameters()) {
                return null;
            }
            skip(" \t");
            if (at == text.length()) {
                return urgency;
            }
            if (!take(',')) {
                return null;
            }
            skip(" \t");
            if (at == text.length()) {
                return null; // A comma at the end.
            }
        }
        return urgency;
    }

    private boolean key() {
        char first = peek();
        if (!isLower(first) && first != '*') {
            return false;
        }
        at++;
        while (isLower(peek()) || isDigit(peek()) || "_-.*".indexOf(peek()) >= 0) {
            at++;
        }
        return true;
    }

    private boolean parameters() {
        while (take(';')) {
            skip(" ");
            if (!key()) {
                return false;
            }
            Integer before = integer;
            if (take('=') && !value()) {
                return false;
            }
            integer = before;
        }
        return true;
    }

    private boolean list() {
        at++;
        skip(" ");
        while (!take(')')) {
            if (!value() || !parameters() || peek() != ' ' && peek() != ')') {
                return false;
            }
            skip(" ");
        }
        integer = null;
        return true;
    }

    private boolean value() {
        integer = null;
        char first = peek();
        if (first == '-' || isDigit(first)) {
            return number();
        }
        if (first == '"') {
            return string();
        }
        if (first == ':') {
            return bytes();
        }
        if (take('?')) {
            return take('0') || take('1');
        }
        boolean isDate = take('@');
        return isDate ? number() : token();
    }

    private boolean number() {
        int start = at;
        take('-');
        int digits = at;
        while (isDigit(peek())) {
            at++;
        }
        int whole = at - digits;
        if (take('.')) {
            int point = at;
            while (isDigit(peek())) {
                at++;
            }
            return whole >= 1 && whole <= 12 && at > point && at - point <= 3;
        }
        if (whole < 1 || whole > 15) {
            return false;
        }
        // What has more digits than an int is out of range here anyway.
        integer = whole <= 9 ? Integer.valueOf(text.substring(start, at)) : Integer.MAX_VALUE;
        return true;
    }

    private boolean string() {
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return true;
            }
            if (c == '\\' && !take('"') && !take('\\') || c < ' ' || c > '~') {
                return false;
            }
        }
        return false;
    }

    private boolean bytes() {
        at++;
        while (isAlpha(peek()) || isDigit(peek()) || "+/=".indexOf(peek()) >= 0) {
            at++;
        }
        return take(':');
    }

    private boolean token() {
        if (!isAlpha(peek()) && peek() != '*') {
            return false;
        }
        at++;
        while (isAlpha(peek()) || isDigit(peek()) || TOKEN_MARKS.indexOf(peek()) >= 0) {
            at++;
        }
        return true;
    }

    /** The next character; one that is nowhere allowed at the end. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private boolean take(char expected) {
        boolean there = peek() == expected;
        at += there ? 1 : 0;
        return there;
    }

    private void skip(String blanks) {
        while (blanks.indexOf(peek()) >= 0) {
            at++;
        }
    }

    private static boolean isLower(char c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isAlpha(char c) {
        return isLower(c) || c >= 'A' && c <= 'Z';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
