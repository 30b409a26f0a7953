package dev.workerpool.e2e.harness;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A {@link ClusterTest} that kills, scales, upgrades or removes the operator. It runs alone, and leaves the operator
 * installed and ready.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ResourceLock(value = OperatorTest.OPERATOR, mode = ResourceAccessMode.READ_WRITE)
public @interface OperatorTest {
    String OPERATOR = "operator";
}
