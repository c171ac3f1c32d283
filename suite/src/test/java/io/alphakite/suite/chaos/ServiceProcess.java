package io.alphakite.suite.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One service as a process, started again with the same settings after each end. */
final class ServiceProcess implements AutoCloseable {
  private final String name;
  private final Class<?> main;
  private final Map<String, String> settings;
  private final Path log;
  private @Nullable Process process;

  ServiceProcess(String name, Class<?> main, Map<String, String> settings, Path directory) {
    this.name = name;
    this.main = main;
    this.settings = Map.copyOf(settings);
    this.log = directory.resolve(name + ".log");
  }

  void start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx160m",
            "-Xshare:auto",
            "-Dlogback.configurationFile=logback.xml",
            "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(settings);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    process = builder.start();
  }

  boolean alive() {
    return process != null && process.isAlive();
  }

  /** {@code kill -9}. */
  void kill() {
    running().destroyForcibly().onExit().join();
  }

  /** Stops it between two instructions, as a machine under a hypervisor may be. */
  void freeze() throws IOException, InterruptedException {
    Signals.send("STOP", running().pid());
  }

  /** Lets it go on as if nothing had been. */
  void thaw() throws IOException, InterruptedException {
    Signals.send("CONT", running().pid());
  }

  private Process running() {
    return Objects.requireNonNull(process, () -> name + " was not started");
  }

  @Override
  public String toString() {
    return name;
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }
}
