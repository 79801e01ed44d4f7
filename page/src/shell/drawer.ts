import { createContext, use } from "react";

interface Drawer {
  isOpen: boolean;
  setOpen: (open: boolean) => void;
}

/** The navigation of a narrow page, where it lies over the page and can be put away. */
export const DrawerContext = createContext<Drawer>({ isOpen: false, setOpen: () => {} });

export function useDrawer(): Drawer {
  return use(DrawerContext);
}
