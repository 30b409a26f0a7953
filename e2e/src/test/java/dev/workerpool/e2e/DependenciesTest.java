package dev.workerpool.e2e;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.OperatorTest;
import org.junit.jupiter.api.Test;

/**
 * The suite sees the product as a user does: of our code it knows the resource's types and, in the fixture tasks, the
 * task API. All else reaches it as an image, a chart or a file.
 */
class DependenciesTest {
    private static final JavaClasses SUITE = new ClassFileImporter().importPackages("dev.workerpool.e2e");

    @Test
    void testsKnowOnlyTheContract() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..fixtures..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.workerpool..")
                        .and(not(resideInAPackage("dev.workerpool.e2e..")))
                        .and(not(resideInAPackage("dev.workerpool.api.v1alpha1.."))))
                .check(SUITE);
    }

    @Test
    void fixtureTasksKnowOnlyTheTaskApi() {
        classes()
                .that()
                .resideInAPackage("..fixtures..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "dev.workerpool.task", "dev.workerpool.e2e.fixtures")
                .check(SUITE);
    }

    @Test
    void everyTestOnTheClusterIsFoundByItsName() {
        classes()
                .that()
                .areAnnotatedWith(ClusterTest.class)
                .or()
                .areAnnotatedWith(OperatorTest.class)
                .should()
                .haveSimpleNameEndingWith("E2E")
                .check(SUITE);
    }
}
