/** Whether and how far the engine may trade: mode, arming, state, auto trading. */
@NullMarked
package io.alphakite.engine.control;

import org.jspecify.annotations.NullMarked;
