package io.juxta;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apiguardian.api.API;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The house plan: each room of the library, and the rooms it may use besides itself. */
class ArchitectureTest {
    private static final List<String> BELOW_THE_METHODS =
            List.of("natives", "torch", "weights", "distributed", "image", "data", "backbone", "train");

    private static final Map<String, List<String>> ROOMS = new TreeMap<>(Map.ofEntries(
            Map.entry("natives", List.of()),
            Map.entry("torch", List.of("natives")),
            Map.entry("weights", List.of("natives", "torch")),
            Map.entry("distributed", List.of("natives", "torch")),
            Map.entry("image", List.of("natives")),
            Map.entry("data", List.of("natives", "image", "torch")),
            Map.entry("backbone", List.of("torch", "distributed")),
            Map.entry("train", List.of("torch", "weights", "distributed", "image", "data", "backbone")),
            Map.entry("moco", BELOW_THE_METHODS),
            Map.entry("swav", BELOW_THE_METHODS),
            Map.entry("siamese", BELOW_THE_METHODS),
            Map.entry("distill", BELOW_THE_METHODS),
            Map.entry("dino", BELOW_THE_METHODS),
            Map.entry("cut", BELOW_THE_METHODS),
            Map.entry("detect", BELOW_THE_METHODS),
            Map.entry(
                    "exchange",
                    List.of(
                            "torch",
                            "weights",
                            "image",
                            "data",
                            "backbone",
                            "train",
                            "moco",
                            "swav",
                            "siamese",
                            "distill",
                            "dino",
                            "cut",
                            "detect",
                            "eval")),
            Map.entry("eval", BELOW_THE_METHODS),
            Map.entry(
                    "search",
                    List.of("natives", "torch", "weights", "image", "data", "backbone", "train", "exchange", "eval")),
            Map.entry("curation", List.of("torch", "image", "data", "train", "eval", "search")),
            Map.entry("serve", List.of()),
            Map.entry("maps", List.of("torch", "image", "train", "eval")),
            Map.entry("explore", List.of("serve", "torch", "image", "data", "train", "eval", "search", "maps")),
            Map.entry("report", List.of("serve", "torch", "image", "data", "backbone", "train", "eval", "maps")),
            Map.entry(
                    "runs",
                    List.of(
                            "natives",
                            "torch",
                            "weights",
                            "distributed",
                            "image",
                            "data",
                            "backbone",
                            "train",
                            "moco",
                            "swav",
                            "siamese",
                            "distill",
                            "dino",
                            "cut",
                            "detect",
                            "eval",
                            "exchange",
                            "search",
                            "curation",
                            "maps",
                            "explore",
                            "report"))));

    /** The rooms within rooms, and what of the room around them they may use besides themselves; that itself by its own name. */
    private static final Map<String, List<String>> INNER_ROOMS = new TreeMap<>(Map.ofEntries(
            Map.entry("weights.onnx", List.of("weights")),
            Map.entry("weights.pickle", List.of()),
            Map.entry("data.boxes", List.of("data")),
            Map.entry("train.recipe", List.of()),
            Map.entry("train.run", List.of("train", "train.recipe")),
            Map.entry("train.health", List.of("train")),
            Map.entry("train.embedding", List.of("train", "train.recipe")),
            Map.entry("train.log", List.of("train", "train.health")),
            Map.entry("cut.strips", List.of()),
            Map.entry("cut.networks", List.of("cut.strips")),
            Map.entry("cut.stylegan2", List.of("cut.strips", "cut.networks")),
            Map.entry("cut.losses", List.of("cut.networks")),
            Map.entry("cut.recipe", List.of("cut.networks", "cut.stylegan2", "cut.losses")),
            Map.entry("search.bulk", List.of()),
            Map.entry("eval.neighbours", List.of("eval")),
            Map.entry("eval.probe", List.of("eval")),
            Map.entry("eval.clusters", List.of()),
            Map.entry("eval.translation", List.of("eval")),
            Map.entry("eval.detection", List.of()),
            Map.entry("report.drawing", List.of()),
            Map.entry("report.snapshots", List.of("report.drawing")),
            Map.entry("report.translation", List.of("report.drawing", "report.snapshots")),
            Map.entry("report.detection", List.of("report.drawing", "report.snapshots")),
            Map.entry("report.page", List.of("report.snapshots", "report.translation", "report.detection")),
            Map.entry("runs.compared", List.of()),
            Map.entry("runs.curated", List.of()),
            Map.entry("runs.machine", List.of()),
            Map.entry("runs.methods", List.of()),
            Map.entry("runs.pictures", List.of())));

    private static final JavaClasses LIBRARY =
            new ClassFileImporter(List.of(new ImportOption.DoNotIncludeTests())).importPackages("io.juxta");

    /** What stands before the rooms. */
    private static final String FRONT = "io.juxta";

    private static final String CROOKED = "io.juxta.crooked";

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomUsesOnlyWhatThePlanSays(String room) {
        usesOnlyItsOwn("io.juxta", room).check(LIBRARY);
    }

    static Iterable<String> rooms() {
        return ROOMS.keySet();
    }

    @ParameterizedTest
    @MethodSource("innerRooms")
    void aRoomWithinARoomUsesOnlyWhatThePlanSays(String room) {
        usesOfItsRoomOnly("io.juxta", room).check(LIBRARY);
    }

    static Iterable<String> innerRooms() {
        return INNER_ROOMS.keySet();
    }

    @Test
    void everyRoomWithinARoomIsInThePlan() {
        assertThat(innerRooms("io.juxta", LIBRARY)).isEqualTo(INNER_ROOMS.keySet());
    }

    @Test
    void everyClassIsInARoom() {
        everyClassIsInARoom("io.juxta").check(LIBRARY);
    }

    @Test
    void picturesNeedNoLibtorch() {
        needsNoLibtorch("io.juxta").check(LIBRARY);
    }

    /** A plan that nothing could break would hold nothing up: a crooked house breaks each rule. */
    @Test
    void aCrookedHouseIsNoticed() {
        JavaClasses crooked = new ClassFileImporter().importPackages(CROOKED);
        assertThat(failures(usesOnlyItsOwn(CROOKED, "image"), crooked)).contains("crooked.train.Loop");
        assertThat(failures(usesOnlyItsOwn(CROOKED, "train"), crooked)).isEmpty();
        assertThat(failures(usesOfItsRoomOnly(CROOKED, "cut.strips"), crooked)).contains("crooked.cut.recipe.Wish");
        assertThat(failures(usesOfItsRoomOnly(CROOKED, "cut.recipe"), crooked)).isEmpty();
        assertThat(innerRooms(CROOKED, crooked)).contains("cut.cellar").isNotEqualTo(INNER_ROOMS.keySet());
        assertThat(failures(showsNoLibtorch(CROOKED), crooked)).contains("crooked.runs.machine.Shown.tensor");
        assertThat(failures(needsNoLibtorch(CROOKED), crooked)).contains("org.bytedeco.pytorch.Tensor");
        assertThat(failures(saysWhetherItIsForUse(CROOKED), crooked)).contains("crooked.attic.Forgotten");
        assertThat(failures(everyClassIsInARoom(CROOKED), crooked)).contains("crooked.attic.Forgotten");
    }

    /** Whoever writes a public type says whether it is for use. */
    @Test
    void everyPublicTypeSaysWhetherItIsForUse() {
        saysWhetherItIsForUse("io.juxta").check(LIBRARY);
    }

    @Test
    void whatIsStableStandsBeforeTheRooms() {
        List<String> stable = LIBRARY.stream()
                .filter(c -> isStable(c))
                .map(JavaClass::getPackageName)
                .distinct()
                .toList();
        assertThat(stable).containsExactly(FRONT);
        assertThat(LIBRARY.stream()
                        .filter(c -> c.getPackageName().equals(FRONT))
                        .filter(c -> c.getModifiers().contains(JavaModifier.PUBLIC) && c.isTopLevelClass()))
                .isNotEmpty()
                .allMatch(ArchitectureTest::isStable);
    }

    private static boolean isStable(JavaClass c) {
        return c.tryGetAnnotationOfType(API.class)
                .filter(api -> api.status() == API.Status.STABLE)
                .isPresent();
    }

    private static ArchRule saysWhetherItIsForUse(String house) {
        return ArchRuleDefinition.classes()
                .that()
                .resideInAPackage(house + "..")
                .and()
                .arePublic()
                .and()
                .areTopLevelClasses()
                .should()
                .beAnnotatedWith(API.class);
    }

    private static String failures(ArchRule rule, JavaClasses classes) {
        var result = rule.evaluate(classes);
        return result.hasViolation() ? result.getFailureReport().toString() : "";
    }

    private static ArchRule usesOnlyItsOwn(String house, String room) {
        List<String> reachable = new ArrayList<>(ROOMS.getOrDefault(room, List.of()));
        reachable.add(room);
        var allowed = DescribedPredicate.describe(
                "belong to " + reachable + " or are not ours",
                (JavaClass c) -> !c.getPackageName().startsWith(house) || reachable.contains(room(house, c)));
        return ArchRuleDefinition.classes()
                .that()
                .resideInAPackage(house + "." + room + "..")
                .should()
                .onlyDependOnClassesThat(allowed)
                .allowEmptyShould(true);
    }

    /** Of the room around it and of the others within that; other rooms are the other rule's. */
    private static ArchRule usesOfItsRoomOnly(String house, String inner) {
        String outer = inner.substring(0, inner.indexOf('.'));
        List<String> reachable = new ArrayList<>(INNER_ROOMS.getOrDefault(inner, List.of()));
        reachable.add(inner);
        var allowed = DescribedPredicate.describe(
                "belong to " + reachable + " or to other rooms",
                (JavaClass c) -> !c.getPackageName().startsWith(house)
                        || !room(house, c).equals(outer)
                        || reachable.contains(below(house, c)));
        return ArchRuleDefinition.classes()
                .that()
                .resideInAPackage(house + "." + inner)
                .should()
                .onlyDependOnClassesThat(allowed);
    }

    private static Set<String> innerRooms(String house, JavaClasses classes) {
        return classes.stream()
                .map(c -> below(house, c))
                .filter(name -> name.contains("."))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What programs use stands before the rooms: it may use them all, and none of them knows it. */
    @Test
    void whatProgramsUseShowsNoLibtorch() {
        assertThat(LIBRARY.stream().filter(c -> c.getPackageName().equals(FRONT)))
                .isNotEmpty();
        showsNoLibtorch("io.juxta").check(LIBRARY);
    }

    private static ArchRule showsNoLibtorch(String house) {
        return ArchRuleDefinition.methods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(house, house + ".runs", house + ".runs.machine")
                .and()
                .areDeclaredInClassesThat()
                .arePublic()
                .and()
                .arePublic()
                .should(showNoLibtorch());
    }

    private static ArchCondition<JavaMethod> showNoLibtorch() {
        return new ArchCondition<>("show no type of libtorch") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                List<JavaClass> shown = new ArrayList<>(method.getRawParameterTypes());
                shown.add(method.getRawReturnType());
                boolean hidden = shown.stream().noneMatch(c -> c.getName().startsWith("org.bytedeco"));
                events.add(new SimpleConditionEvent(method, hidden, method.getFullName()));
            }
        };
    }

    private static ArchRule everyClassIsInARoom(String house) {
        return ArchRuleDefinition.classes()
                .that()
                .resideOutsideOfPackage(FRONT)
                .should()
                .resideInAnyPackage(ROOMS.keySet().stream()
                        .map(room -> house + "." + room + "..")
                        .toArray(String[]::new));
    }

    private static ArchRule needsNoLibtorch(String house) {
        return ArchRuleDefinition.noClasses()
                .that()
                .resideInAPackage(house + ".image..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco.pytorch..");
    }

    private static String room(String house, JavaClass c) {
        return below(house, c).split("\\.", 2)[0];
    }

    /** Its package, counted from the house on. */
    private static String below(String house, JavaClass c) {
        String below = c.getPackageName().substring(house.length());
        return below.isEmpty() ? "" : below.substring(1);
    }
}
