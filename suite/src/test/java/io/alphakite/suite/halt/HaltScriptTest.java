package io.alphakite.suite.halt;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.suite.deployment.ProjectSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./kite halt} does before any Java runs, from a folder in which nothing is built. */
@Timeout(60)
class HaltScriptTest {

  private final Path folder;
  private final Path file;

  HaltScriptTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    file = folder.resolve("home/halt");
    Files.copy(ProjectSettings.root().resolve("kite"), folder.resolve("kite"));
  }

  @Test
  void r43_writesTheFileBeforeAnythingThatCanFail() throws Exception {
    String said = halt("--reason", "strange\nprices", "--as", "Ann");

    assertThat(said).contains("Halted.", "nothing is built");
    assertThat(file).content().contains("by: Ann (./kite halt)", "reason: strange prices");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    halt("--as", "Bob");
    assertThat(file).content().contains("by: Bob").doesNotContain("Ann");
    assertThat(file.getParent()).isDirectoryNotContaining(other -> !other.equals(file));
  }

  @Test
  void r43_haltsThoughNothingCanBeWrittenIntoTheFile() throws Exception {
    Path broken = Files.createDirectory(folder.resolve("bin")).resolve("mktemp");
    Files.writeString(broken, "#!/bin/sh\nexit 1\n");
    Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString("rwx------"));

    String said = halt("--reason", "strange prices");

    assertThat(said).contains("Halted.", "says nothing of who and why");
    assertThat(file).isEmptyFile();
  }

  @Test
  void r43_saysLoudlyWhenItCannotHalt() throws Exception {
    Files.createFile(folder.resolve("home"));
    assertThat(halt()).contains("COULD NOT BE WRITTEN").doesNotContain("Halted.");
  }

  @Test
  void r43_haltsNothingOnWordsThatMakeNoSense() throws Exception {
    assertThat(halt("--stauts")).contains("halt takes");
    assertThat(file).doesNotExist();
  }

  private String halt(String... words) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("bash", folder.resolve("kite").toString(), "halt");
    builder.command().addAll(java.util.Arrays.asList(words));
    builder.environment().remove("HALT_FILE");
    builder.environment().put("KITE_HOME", folder.resolve("home").toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder
        .environment()
        .merge("PATH", folder.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isNotZero();
    return said;
  }
}
