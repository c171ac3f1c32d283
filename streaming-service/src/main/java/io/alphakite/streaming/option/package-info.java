/** Option contracts around the money: which are streamed, and what their messages make of rows. */
@NullMarked
package io.alphakite.streaming.option;

import org.jspecify.annotations.NullMarked;
