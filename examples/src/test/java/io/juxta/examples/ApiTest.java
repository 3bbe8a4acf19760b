package io.juxta.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import org.apiguardian.api.API;
import org.junit.jupiter.api.Test;

/** What is shown to strangers uses what is for use, and nothing else. */
class ApiTest {
    private static final String EXAMPLES = "io.juxta.examples";
    private static final String CROOKED = EXAMPLES + ".crooked";

    private static final List<String> SHOWN =
            List.of(EXAMPLES, "io.juxta.langchain4j", "io.juxta.springai", "io.juxta.lucene", "io.juxta.service");

    private static final JavaClasses ALL =
            new ClassFileImporter(List.of(new ImportOption.DoNotIncludeTests())).importPackages("io.juxta");

    @Test
    void anExampleOrIntegrationUsesNothingButTheApi() {
        SHOWN.forEach(each -> usesNothingButTheApi(each).check(ALL));
    }

    @Test
    void anExampleOrIntegrationLeavesLibtorchAlone() {
        SHOWN.forEach(each -> leavesLibtorchAlone(each).check(ALL));
    }

    /** Rules that nothing could break would hold nothing up. */
    @Test
    void aCrookedExampleIsNoticed() {
        JavaClasses crooked = new ClassFileImporter().importPackages(CROOKED);
        assertThat(failures(usesNothingButTheApi(CROOKED), crooked))
                .contains("io.juxta.torch.StateDict")
                .doesNotContain("io.juxta.train.recipe.Recipe");
        assertThat(failures(leavesLibtorchAlone(CROOKED), crooked)).contains("org.bytedeco.pytorch.Tensor");
    }

    private static String failures(ArchRule rule, JavaClasses classes) {
        var result = rule.evaluate(classes);
        return result.hasViolation() ? result.getFailureReport().toString() : "";
    }

    private static ArchRule usesNothingButTheApi(String client) {
        return ArchRuleDefinition.classes()
                .that()
                .resideInAPackage(client + "..")
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "are marked by @API as for use, or are not the library's", ApiTest::isForUse));
    }

    private static ArchRule leavesLibtorchAlone(String client) {
        return ArchRuleDefinition.noClasses()
                .that()
                .resideInAPackage(client + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..");
    }

    /** A nested type is as its outermost one is. */
    private static boolean isForUse(JavaClass used) {
        JavaClass outer = used.getBaseComponentType();
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return !outer.getPackageName().startsWith("io.juxta")
                || SHOWN.contains(outer.getPackageName())
                || outer.getPackageName().equals(CROOKED)
                || outer.tryGetAnnotationOfType(API.class)
                        .filter(api -> api.status() != API.Status.INTERNAL)
                        .isPresent();
    }
}
