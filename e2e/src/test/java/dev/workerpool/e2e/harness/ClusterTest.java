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
 * A test class on the shared cluster, in a namespace of its own. Its constructor may ask for the {@link TestNamespace},
 * the {@link Operator} and the {@link Cluster}. It runs beside others of its kind, so it must not touch the operator:
 * see {@link OperatorTest}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ResourceLock(value = OperatorTest.OPERATOR, mode = ResourceAccessMode.READ)
public @interface ClusterTest {}
