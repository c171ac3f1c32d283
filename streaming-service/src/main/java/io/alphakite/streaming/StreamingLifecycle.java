package io.alphakite.streaming;

import org.springframework.context.SmartLifecycle;

/**
 * Starts the stream after everything else stands and stops it before anything else goes: first
 * nothing more is taken, then what was taken is written.
 */
final class StreamingLifecycle implements SmartLifecycle {
  private final Runnable starting;
  private final Runnable stopping;
  private volatile boolean running;

  StreamingLifecycle(Runnable starting, Runnable stopping) {
    this.starting = starting;
    this.stopping = stopping;
  }

  @Override
  public void start() {
    starting.run();
    running = true;
  }

  @Override
  public void stop() {
    if (running) {
      running = false;
      stopping.run();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
