/** A task that got no good answer, for as long as we were ready to ask. The message says what came instead. */
final class LostException extends Exception {

    private static final long serialVersionUID = 1;

    LostException(String message) {
        super(message);
    }
}
