package dev.workerpool.e2e.harness;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * Gives each test class its namespace, saves the evidence when a test fails, and fails the class when the operator or
 * a worker logged an error that nobody expected.
 */
final class ClusterExtension
        implements BeforeAllCallback,
                AfterAllCallback,
                ParameterResolver,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {
    private static final Namespace STORE = Namespace.create(ClusterExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        prepare(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        TestNamespace namespace = store(context).remove(TestNamespace.class, TestNamespace.class);
        LogErrors before = store(context).remove(LogErrors.class, LogErrors.class);
        if (namespace != null) {
            try (namespace) {
                before.assertNoneSince(namespace.name(), expectedErrors(context));
            } catch (AssertionError e) {
                new Evidence(suite(context), namespace).save(context, e);
                throw e;
            }
        }
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        saveAndRethrow(context, failure);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        saveAndRethrow(context, failure);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        saveAndRethrow(context, failure);
    }

    @Override
    public void handleAfterAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        saveAndRethrow(context, failure);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return values(context).containsKey(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return values(context).get(parameter.getParameter().getType()).get();
    }

    private Map<Class<?>, Supplier<?>> values(ExtensionContext context) {
        return Map.of(
                TestNamespace.class, () -> prepare(context),
                Operator.class, () -> suite(context).operator(),
                Cluster.class, () -> suite(context).cluster());
    }

    /** The constructor of a class with one instance runs before beforeAll, so whichever comes first prepares. */
    private TestNamespace prepare(ExtensionContext context) {
        return store(context)
                .computeIfAbsent(
                        TestNamespace.class,
                        type -> {
                            Suite suite = suite(context);
                            store(context).put(LogErrors.class, LogErrors.from(suite.logs()));
                            return TestNamespace.create(suite.cluster(), name(context.getRequiredTestClass()));
                        },
                        TestNamespace.class);
    }

    private static Set<String> expectedErrors(ExtensionContext context) {
        ExpectedLogErrors expected = context.getRequiredTestClass().getAnnotation(ExpectedLogErrors.class);
        return expected == null ? Set.of() : Set.of(expected.value());
    }

    private void saveAndRethrow(ExtensionContext context, Throwable failure) throws Throwable {
        if (!(failure instanceof TestAbortedException)) {
            new Evidence(suite(context), prepare(context)).save(context, failure);
        }
        throw failure;
    }

    private static Suite suite(ExtensionContext context) {
        return context.getStore(StoreScope.LAUNCHER_SESSION, STORE)
                .computeIfAbsent(Suite.class, type -> new Suite(), Suite.class)
                .started();
    }

    /** A class's own store, not that of the method that happens to ask. */
    private static ExtensionContext.Store store(ExtensionContext context) {
        return context.getStore(Namespace.create(ClusterExtension.class, context.getRequiredTestClass()));
    }

    /** ScaleE2E becomes e2e-scale. */
    private static String name(Class<?> test) {
        String words = test.getSimpleName().replaceAll("E2E$", "").replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-");
        return "e2e-" + words.toLowerCase(Locale.ROOT);
    }
}
