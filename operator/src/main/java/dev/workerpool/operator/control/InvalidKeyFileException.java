package dev.workerpool.operator.control;

/** What is in the key file is no key to sign with. The message says what it should be. */
final class InvalidKeyFileException extends Exception {

    private static final long serialVersionUID = 1;

    InvalidKeyFileException(String problem) {
        super(problem);
    }

    InvalidKeyFileException(String problem, Throwable cause) {
        super(problem, cause);
    }
}
