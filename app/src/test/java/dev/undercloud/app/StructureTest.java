package dev.undercloud.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shape of the house, held: see ARCHITECTURE.md. */
class StructureTest {
  private static final String US = "dev.undercloud.";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.undercloud");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          core    | edge control runtime observe app
          runtime | edge control observe app
          edge    | control runtime observe app
          control | edge observe app
          observe | edge control runtime app
          """)
  void planesMeetOnlyInCore(String module, String others) {
    for (String other : others.strip().split(" ")) {
      noClasses()
          .that()
          .resideInAPackage(US + module.strip() + "..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(US + other + "..")
          .check(CLASSES);
    }
  }

  @Test
  void timeAndChanceAreParameters() {
    noClasses()
        .that()
        .resideOutsideOfPackages(US + "core.time..", US + "core.id..")
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(java.util.Random.class, java.util.concurrent.ThreadLocalRandom.class)
        .because("the control plane runs in a seeded simulation: take a Clock or an Entropy")
        .check(CLASSES);
  }

  @Test
  void nettyStaysAtTheWire() {
    noClasses()
        .that()
        .resideOutsideOfPackage(US + "edge..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .because("event loops live only in planes that own a wire; everything else blocks")
        .check(CLASSES);
  }
}
