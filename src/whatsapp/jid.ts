/** A WhatsApp address, `user@server` or `user:device@server`, normalised: no `:0`, no agent part. */
export type Jid = string & { readonly __brand: 'Jid' };
