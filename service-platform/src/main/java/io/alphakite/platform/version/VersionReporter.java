package io.alphakite.platform.version;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Says the version of this service before anything else runs, and every ten seconds from then on.
 */
public final class VersionReporter implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(VersionReporter.class);
  private static final Duration PAUSE = Duration.ofSeconds(10);
  private static final Duration END_REPORTED = Duration.ofMillis(500);

  private final ServiceVersions versions;
  private final String service;
  private @Nullable Thread thread;

  public VersionReporter(ServiceVersions versions, String service) {
    this.versions = versions;
    this.service = service;
  }

  @Override
  public void start() {
    report();
    thread = Thread.ofVirtual().name("version-reporter").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(PAUSE);
        report();
      }
    } catch (InterruptedException e) {
      // Stopped.
    }
  }

  private void report() {
    try {
      versions.report(service);
    } catch (RuntimeException e) {
      // Without reports nobody arms, and the database's own check tells of it.
      log.atDebug()
          .addKeyValue("event", "version.unreported")
          .setCause(e)
          .log("The version of this service could not be reported; trying again");
    }
  }

  @Override
  public void stop() {
    Thread running = thread;
    if (running != null) {
      running.interrupt();
      thread = null;
      Thread last = Thread.ofVirtual().name("version-reporter-end").start(this::reportEnd);
      try {
        // What is in memory has to reach the disk: a database that is away is not waited for.
        boolean _ = last.join(END_REPORTED);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void reportEnd() {
    try {
      versions.stopped(service);
    } catch (RuntimeException e) {
      log.atDebug()
          .addKeyValue("event", "version.stop_unreported")
          .setCause(e)
          .log("The end of this service could not be reported; in a while it counts as silent");
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  @Override
  public int getPhase() {
    return Integer.MIN_VALUE;
  }
}
