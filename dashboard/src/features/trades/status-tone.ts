import type { Tone } from '../../components/chip';

/** The colour of a trade's status; what is uncertain stands out more than what is bad. */
export function statusTone(status: string): Tone {
  switch (status) {
    case 'filled':
      return 'up';
    case 'partially_filled':
    case 'working':
    case 'submitting':
    case 'pending':
      return 'accent';
    case 'unknown':
    case 'cancel_pending':
      return 'warn';
    case 'rejected':
      return 'danger';
    default:
      return 'flat';
  }
}
