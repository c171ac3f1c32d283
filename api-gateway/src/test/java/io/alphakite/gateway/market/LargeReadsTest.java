package io.alphakite.gateway.market;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.gateway.TestGateway;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class LargeReadsTest {
  /** A second list waits for the first and is refused clearly; everything else goes on. */
  @Test
  @Tag("long")
  void oneListAtATimeAndNothingElseHeldUp() throws Exception {
    try (TestGateway gateway = TestGateway.start();
        ExecutorService reader = Executors.newSingleThreadExecutor()) {
      LargeReads filter = gateway.bean(LargeReads.class);
      Semaphore entered = new Semaphore(0);
      Semaphore done = new Semaphore(0);
      Future<?> slow =
          reader.submit(
              () -> {
                filter.doFilter(
                    new MockHttpServletRequest("GET", "/v1/equities/SPY/prices"),
                    new MockHttpServletResponse(),
                    (request, answer) -> {
                      entered.release();
                      done.acquireUninterruptibly();
                    });
                return null;
              });
      entered.acquire();
      assertThat(gateway.get("/v1/equities/SPY/quote").status()).isEqualTo(404);
      assertThat(gateway.get("/v1/signals").status()).isEqualTo(200);
      TestGateway.Answer refused = gateway.get("/v1/equities/SPY/bars");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.code()).isEqualTo("too_many_reads");
      done.release();
      slow.get();
      assertThat(gateway.get("/v1/equities/SPY/bars").status()).isEqualTo(200);
    }
  }
}
