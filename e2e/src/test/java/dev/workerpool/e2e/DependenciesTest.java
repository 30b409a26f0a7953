package dev.workerpool.e2e;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.OperatorTest;

/**
 * The suite sees the product as a user does: of our code it knows the resource's types and, in the fixture tasks, the
 * task API. All else reaches it as an image, a chart or a file.
 */
@AnalyzeClasses(packages = "dev.workerpool.e2e")
class DependenciesTest {
    private static final DescribedPredicate<JavaClass> OUR_PRODUCT =
            resideInAPackage("dev.workerpool..").and(DescribedPredicate.not(resideInAPackage("dev.workerpool.e2e..")));

    @ArchTest
    static final ArchRule tests_know_only_the_contract = noClasses()
            .that()
            .resideOutsideOfPackage("..fixtures..")
            .should()
            .dependOnClassesThat(
                    OUR_PRODUCT.and(DescribedPredicate.not(resideInAPackage("dev.workerpool.api.v1alpha1.."))));

    @ArchTest
    static final ArchRule fixture_tasks_know_only_the_task_api = classes()
            .that()
            .resideInAPackage("..fixtures..")
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage("java..", "dev.workerpool.task", "dev.workerpool.e2e.fixtures"));

    @ArchTest
    static final ArchRule every_test_on_the_cluster_is_found_by_its_name = classes()
            .that()
            .areAnnotatedWith(ClusterTest.class)
            .or()
            .areAnnotatedWith(OperatorTest.class)
            .should()
            .haveSimpleNameEndingWith("E2E");
}
