package dev.workerpool.task;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The name under which a {@link Task} is called. */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface TaskType {
    /** The last part of {@code /tasks/{type}}: lower-case letters, digits and {@code -}, at most 63 of them. */
    String value();

    /**
     * The media type of the output, such as {@code image/png}. By default JSON is {@code application/json}, a stream of JSON
     * values {@code application/x-ndjson}, text {@code text/plain;charset=utf-8} and bytes {@code application/octet-stream};
     * {@link Content} and {@link ContentStream} name their own.
     */
    String produces() default "";
}
