// Light and dark as the system says, and Griffel's styles under the page's nonce.
import {
  FluentProvider,
  RendererProvider,
  createDOMRenderer,
  webDarkTheme,
  webLightTheme,
} from '@fluentui/react-components';
import { type ReactNode, useSyncExternalStore } from 'react';

/** The nonce the server wrote into this page; styles made at run time carry it. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

const renderer = createDOMRenderer(document, { styleElementAttributes: { nonce } });
const darkMode = window.matchMedia('(prefers-color-scheme: dark)');

function follow(changed: () => void) {
  darkMode.addEventListener('change', changed);
  return () => darkMode.removeEventListener('change', changed);
}

export function Theme({ children }: { children: ReactNode }) {
  const dark = useSyncExternalStore(follow, () => darkMode.matches);
  return (
    <RendererProvider renderer={renderer} targetDocument={document}>
      <FluentProvider theme={dark ? webDarkTheme : webLightTheme} targetDocument={document}>
        {children}
      </FluentProvider>
    </RendererProvider>
  );
}
