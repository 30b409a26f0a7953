package dev.workerpool.mapping;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;

/** What JSON may cost beyond its bytes, which the worker bounds; refusals are in the words of the caller, not the parser. */
final class InputBounds extends StreamReadConstraints {
    private static final long serialVersionUID = 1L;

    /** Well before the reader's recursion overflows a stack. */
    static final int DEPTH = 200;

    static final int STRING = 20_000_000;
    /** Beyond, the arithmetic to read a number is no longer cheap. */
    static final int NUMBER = 1000;

    static final int NAME = 50_000;

    InputBounds() {
        super(DEPTH, -1, NUMBER, STRING, NAME);
    }

    @Override
    public void validateNestingDepth(int depth) throws StreamConstraintsException {
        atMost(DEPTH, depth, "objects and arrays in each other");
    }

    @Override
    public void validateStringLength(int length) throws StreamConstraintsException {
        atMost(STRING, length, "characters in a string");
    }

    @Override
    public void validateNameLength(int length) throws StreamConstraintsException {
        atMost(NAME, length, "characters in a field's name");
    }

    @Override
    public void validateFPLength(int length) throws StreamConstraintsException {
        atMost(NUMBER, length, "digits in a number");
    }

    @Override
    public void validateIntegerLength(int length) throws StreamConstraintsException {
        atMost(NUMBER, length, "digits in a number");
    }

    private static void atMost(int limit, int value, String what) throws StreamConstraintsException {
        if (value > limit) {
            throw new StreamConstraintsException("must have at most " + limit + " " + what);
        }
    }
}
